import { Child, childPlan } from "./child.ts";
import type { ForkRanges } from "./fork_ranges.ts";
import {
  cText,
  F_ADD_SEALS,
  F_SEAL_SHRINK_AND_GROW,
  type Libc,
  MFD_CLOEXEC_SEALABLE,
  O_CLOEXEC,
  O_RDWR,
  SYS_PIDFD_OPEN,
} from "./libc.ts";
import type { ChildRequest } from "./messages.ts";
import type { ProcFiles } from "./proc_files.ts";
import type { RunningChild } from "./running_child.ts";
import type { Slot } from "./slots.ts";

/** What is kept of what a call writes to standard error. */
export const STDERR_BYTES = 8192;

const STDERR_NAME = cText("skerry-stderr");

/** Forks children. */
export class Forker {
  readonly #libc: Libc;
  readonly #ranges: ForkRanges;
  readonly #proc: ProcFiles;
  readonly #child: Child;

  constructor(libc: Libc, ranges: ForkRanges, proc: ProcFiles) {
    this.#libc = libc;
    this.#ranges = ranges;
    this.#proc = proc;
    this.#child = new Child(libc, libc.open(cText("/dev/null"), O_RDWR | O_CLOEXEC, 0));
  }

  /**
   * Goes through a call in this process, with a function that does nothing: V8 compiles what it needs once, here, and not
   * anew in every child.
   */
  warmUp(slot: Slot): void {
    const request = { library: "libc.so.6", functionName: "getpid", file: "", output: "" };
    const limits = {
      cpuSeconds: 0,
      outputBytes: 0,
      processes: 0,
      openFiles: 0,
      memoryMb: 0,
      timeoutMs: 0,
    };
    for (let i = 0; i < 20; i++) {
      slot.reset();
      const plan = childPlan({ id: 0, ...request, limits }, {
        addressSpaceBytes: 0,
        stderr: -1,
        slot,
      });
      const library = this.#child.load(plan)!;
      this.#child.execute(plan, library);
      this.#child.unload(plan, library);
    }
  }

  /** Forks a child for a request. Returns undefined if the system has no process to give. */
  fork(
    request: ChildRequest,
    slot: Slot,
    attempt: number,
    nowMs: number,
  ): RunningChild | undefined {
    slot.reset();
    const stderr = this.#stderrMemory();
    const addressSpaceBytes = this.#proc.addressSpaceBytes();
    const plan = childPlan(request, { addressSpaceBytes, stderr, slot });
    this.#ranges.include();
    const pid = this.#libc.fork();
    // This does not return in the child.
    if (pid === 0) this.#child.run(plan);
    if (pid < 0) {
      this.#libc.close(stderr);
      return undefined;
    }
    // The child does so too; whoever comes first.
    this.#libc.setpgid(pid, pid);
    const pidfd = Number(this.#libc.syscall(BigInt(SYS_PIDFD_OPEN), BigInt(pid), 0n, 0n));
    return { request, pid, pidfd, slot, stderr, attempt, startMs: nowMs, isTimedOut: false };
  }

  /** Memory of a fixed size with a descriptor: more than fits in is refused, and takes nothing of anyone. */
  #stderrMemory(): number {
    const fd = this.#libc.memfd_create(STDERR_NAME, MFD_CLOEXEC_SEALABLE);
    this.#libc.ftruncate(fd, BigInt(STDERR_BYTES));
    this.#libc.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK_AND_GROW);
    return fd;
  }
}
