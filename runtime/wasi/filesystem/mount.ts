import type { DirectoryHandle } from "./handles.ts";

/** A directory given to a module. */
export interface Mount {
  /** What the module calls it, e.g. `/data`. */
  readonly guestPath: string;
  /** The directory; the same object for the life of the mount. */
  readonly root: DirectoryHandle;
  /** Shows it the run that waits for what its files do; called once, before any run. */
  attach?(run: RunWaiter): void;
  /** Puts back what must not outlive a run: the contents of memory file systems, used-up quotas. */
  reset(): void;
}

/** A run, as far as files that are not at hand have to do with it. */
export interface RunWaiter {
  /** Blocks for at most `ms`; may return earlier. Ends the run if it may not block or its time is up. */
  sleep(ms: number): void;
}
