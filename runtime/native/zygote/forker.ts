import { Child, type ChildPlace, childPlace, childPlan } from "./child.ts";
import type { ForkRanges } from "./fork_ranges.ts";
import {
  cText,
  F_ADD_SEALS,
  F_SEAL_SHRINK_AND_GROW,
  type Libc,
  MFD_CLOEXEC_SEALABLE,
  O_CLOEXEC,
  O_RDWR,
  SIG_IGNORE,
  SIGPIPE,
  SYS_PIDFD_OPEN,
} from "./libc.ts";
import type { ChildRequest } from "./messages.ts";
import type { ProcFiles } from "./proc_files.ts";
import type { RunningChild } from "./running_child.ts";
import type { Slot } from "./slots.ts";

/** What is kept of what a call writes to standard error. */
export const STDERR_BYTES = 8192;

/** Enough for V8 to optimise all of it. */
const REHEARSALS = 3000;
const NO_MEMORY = { start: 0n, length: 0n };
/** Above all that can be open. */
const NO_DESCRIPTOR = 0x7fff_ffff;

const STDERR_NAME = cText("skerry-stderr");

/** Forks children. */
export class Forker {
  readonly #libc: Libc;
  readonly #ranges: ForkRanges;
  readonly #proc: ProcFiles;
  readonly #child: Child;
  readonly #devNull: number;
  readonly #place: ChildPlace;

  constructor(libc: Libc, ranges: ForkRanges, proc: ProcFiles) {
    this.#libc = libc;
    this.#ranges = ranges;
    this.#proc = proc;
    this.#devNull = libc.open(cText("/dev/null"), O_RDWR | O_CLOEXEC, 0);
    this.#child = new Child(libc, this.#devNull);
    this.#place = childPlace(libc.getpid(), libc.dlsym(null, cText("_exit")));
  }

  /**
   * Goes through calls in this process, of a function that does nothing, and with all that a child does to itself done to
   * nothing here: V8 then has machine code for it, and a child that runs that touches a fraction of the memory, each
   * page of which must be copied for it.
   */
  rehearse(slot: Slot): void {
    const libc = this.#libc;
    const request = { library: "libc.so.6", functionName: "labs", output: "/dev/null" };
    const limits = {
      cpuSeconds: 0,
      outputBytes: 0,
      processes: 0,
      openFiles: 0,
      memoryMb: 0,
      timeoutMs: 0,
    };
    // Of each kind that there is, or the first of another kind would undo what has been optimised.
    const plans = [undefined, "file"].map((file) =>
      childPlan({ id: 0, ...request, file, limits }, {
        addressSpaceBytes: 0,
        stderr: this.#devNull,
        slot,
        others: [NO_MEMORY, NO_MEMORY],
      })
    );
    for (const { resource, limit } of plans.flatMap(({ rlimits }) => rlimits)) {
      libc.getrlimit(resource, new Uint8Array(limit.buffer));
    }
    const place = {
      parentPid: libc.getppid(),
      deathSignal: 0n,
      stdin: this.#devNull,
      stdout: this.#devNull,
      stderr: this.#devNull,
      closeFrom: NO_DESCRIPTOR,
      end: libc.dlsym(null, cText(request.functionName)),
    };
    for (let i = 0; i < REHEARSALS; i++) {
      slot.reset();
      this.#child.follow(0, plans[i % plans.length]!, place);
    }
    libc.signal(SIGPIPE, Deno.UnsafePointer.create(SIG_IGNORE));
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
    const plan = childPlan(request, {
      addressSpaceBytes,
      stderr,
      slot,
      others: slot.others,
    });
    this.#ranges.include();
    const pid = this.#libc.fork();
    // This does not return in the child.
    this.#child.follow(pid, plan, this.#place);
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
