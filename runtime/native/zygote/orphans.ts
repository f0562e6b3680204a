import { type Libc, SIGKILL, WNOHANG } from "./libc.ts";
import type { ProcFiles } from "./proc_files.ts";

const SWEEP_EVERY_MS = 500;
/** Generations of processes to end at the zygote's end: a function that forks faster than this kills is left alone. */
const LAST_ROUNDS = 100;

/**
 * Processes that calls have left behind. The kernel hands them to the zygote, which kills them and takes them off the
 * process table.
 */
export class Orphans {
  readonly #libc: Libc;
  readonly #proc: ProcFiles;
  readonly #status = new Uint8Array(4);
  /** Groups of ended calls that still had members when last looked at. */
  #groups: number[] = [];
  #sweptMs = -Infinity;
  #isDirty = false;

  constructor(libc: Libc, proc: ProcFiles) {
    this.#libc = libc;
    this.#proc = proc;
  }

  /** Whether there may be any that have yet to be seen to. */
  get isBusy(): boolean {
    return this.#groups.length > 0 || this.#isDirty;
  }

  /** A call has ended and its group has been killed. */
  add(group: number): void {
    this.#isDirty = true;
    if (this.#hasMembers(group)) this.#groups.push(group);
  }

  /** Waits for what has been killed and, now and then, looks for what has left its group. */
  reap(nowMs: number, isRunning: (pid: number) => boolean): void {
    this.#groups = this.#groups.filter((group) => this.#hasMembers(group));
    if (!this.#isDirty || nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = nowMs;
    const strays = this.#proc.children().filter((pid) =>
      !isRunning(pid) && !isRunning(this.#libc.getpgid(pid))
    );
    for (const pid of strays) {
      this.#libc.kill(pid, SIGKILL);
      this.#libc.waitpid(pid, this.#status, WNOHANG);
    }
    this.#isDirty = strays.length > 0;
  }

  /** Kills whatever is still there, and what comes to the zygote by that; nobody is there to take it after this. */
  killAll(): void {
    for (let round = 0; round < LAST_ROUNDS; round++) {
      const children = this.#proc.children();
      if (children.length === 0) return;
      for (const pid of children) {
        this.#libc.kill(pid, SIGKILL);
        this.#libc.waitpid(pid, this.#status, 0);
      }
    }
  }

  #hasMembers(group: number): boolean {
    let found: number;
    do found = this.#libc.waitpid(-group, this.#status, WNOHANG); while (found > 0);
    return found === 0;
  }
}
