import { Child, type ChildPlace, childPlace, childPlan } from "./child.ts";
import type { ForkRanges } from "./fork_ranges.ts";
import {
  cText,
  EFD_CLOEXEC,
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
import type { ForkedChild } from "./running_child.ts";
import { type Slot, Slots } from "./slots.ts";

/** What is kept of what a call writes to standard error. */
export const STDERR_BYTES = 8192;

/** Enough for V8 to optimise all of it. */
const REHEARSALS = 3000;
const REHEARSED: ChildRequest = {
  id: 0,
  library: "libc.so.6",
  functionName: "labs",
  output: "/dev/null",
  limits: {
    cpuSeconds: 0,
    outputBytes: 0,
    processes: 0,
    openFiles: 0,
    memoryMb: 0,
    timeoutMs: 0,
  },
};
/** Above all that can be open. */
const NO_DESCRIPTOR = 0x7fff_ffff;

const STDERR_NAME = cText("skerry-stderr");
/** What `write` adds to an eventfd: 1. */
const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

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
  rehearse(): void {
    const libc = this.#libc;
    const go = libc.eventfd(1, EFD_CLOEXEC);
    // Of each kind that there is, or the first of another kind would undo what has been optimised.
    const rehearsals = [undefined, "file"].map((file) => {
      // In memory of its own, so that there are no others to unmap.
      const slots = new Slots(libc, 1);
      const slot = this.#rehearsalSlot(slots.take()!, { ...REHEARSED, file });
      return { slots, plan: childPlan(slot, this.#devNull, go) };
    });
    const place = {
      parentPid: libc.getppid(),
      deathSignal: 0n,
      stdin: this.#devNull,
      stdout: this.#devNull,
      stderr: this.#devNull,
      closeFrom: NO_DESCRIPTOR,
      end: libc.dlsym(null, cText(REHEARSED.functionName)),
    };
    for (let i = 0; i < REHEARSALS; i++) {
      this.#child.follow(0, rehearsals[i % rehearsals.length]!.plan, place);
    }
    for (const { slots } of rehearsals) slots.unmap();
    libc.close(go);
    libc.signal(SIGPIPE, Deno.UnsafePointer.create(SIG_IGNORE));
  }

  /** Fills a slot in, with the limits that this process has anyway. */
  #rehearsalSlot(slot: Slot, request: ChildRequest): Slot {
    slot.fill(request, 0);
    for (const { resource, limit } of slot.rlimits) {
      const bytes = new Uint8Array(limit.buffer, limit.byteOffset, limit.byteLength);
      this.#libc.getrlimit(resource, bytes);
    }
    return slot;
  }

  /** Forks a child that waits until it is told to go. Returns undefined if the system has no process to give. */
  fork(slot: Slot): ForkedChild | undefined {
    const libc = this.#libc;
    const stderr = this.#stderrMemory();
    const go = libc.eventfd(0, EFD_CLOEXEC);
    slot.note(0);
    const plan = childPlan(slot, stderr, go);
    this.#ranges.include();
    const pid = libc.fork();
    // This does not return in the child.
    this.#child.follow(pid, plan, this.#place);
    if (pid < 0) {
      libc.close(stderr);
      libc.close(go);
      return undefined;
    }
    // The child does so too; whoever comes first.
    libc.setpgid(pid, pid);
    const pidfd = Number(libc.syscall(BigInt(SYS_PIDFD_OPEN), BigInt(pid), 0n, 0n));
    return { pid, pidfd, slot, stderr, go };
  }

  /** Tells a child what to do. */
  tell({ slot, go }: ForkedChild, request: ChildRequest): void {
    slot.fill(request, this.#proc.addressSpaceBytes());
    this.#libc.write(go, ONE, 8n);
  }

  /** Lets go of what the zygote has of a child that has been waited for. */
  forget({ pidfd, stderr, go }: ForkedChild): void {
    if (pidfd >= 0) this.#libc.close(pidfd);
    this.#libc.close(stderr);
    this.#libc.close(go);
  }

  /** Memory of a fixed size with a descriptor: more than fits in is refused, and takes nothing of anyone. */
  #stderrMemory(): number {
    const fd = this.#libc.memfd_create(STDERR_NAME, MFD_CLOEXEC_SEALABLE);
    this.#libc.ftruncate(fd, BigInt(STDERR_BYTES));
    this.#libc.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK_AND_GROW);
    return fd;
  }
}
