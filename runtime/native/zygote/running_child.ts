import type { ChildRequest } from "./messages.ts";
import type { Slot } from "./slots.ts";

/** A child that has been forked and not yet been waited for. */
export interface ForkedChild {
  readonly pid: number;
  /** Becomes readable when the child has ended; -1 where the kernel has none to give. */
  readonly pidfd: number;
  readonly slot: Slot;
  /** Memory that takes what it writes to standard error. */
  readonly stderr: number;
  /** Tells it that its slot is filled in. */
  readonly go: number;
}

/** A child with something to do. */
export interface RunningChild extends ForkedChild {
  readonly request: ChildRequest;
  readonly attempt: number;
  readonly startMs: number;
  isTimedOut: boolean;
}

/** What `waitpid` says of an ended process. */
export interface WaitStatus {
  readonly exitCode: number;
  /** 0 if it exited by itself. */
  readonly signal: number;
}

/** Takes the number that `waitpid` fills in apart. */
export function waitStatus(status: number): WaitStatus {
  return { exitCode: status >> 8 & 0xff, signal: status & 0x7f };
}
