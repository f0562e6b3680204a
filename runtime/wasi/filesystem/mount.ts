import type { DirectoryHandle } from "./handles.ts";

/** A directory given to a module. */
export interface Mount {
  /** What the module calls it, e.g. `/data`. */
  readonly guestPath: string;
  /** The directory; the same object for the life of the mount. */
  readonly root: DirectoryHandle;
  /** Puts back what must not outlive a run: the contents of memory file systems, used-up quotas. */
  reset(): void;
}
