/**
 * What the one memory of a module holds after its initialisation, taken once when the function was built;
 * every instance starts from it instead of from the module's own data. Plain data, so that it can be stored
 * and posted between threads.
 *
 * Globals are not part of it: whoever takes a snapshot makes sure that the module's mutable globals are what
 * they were right after instantiation (as they are in an idle reactor, whose stack is empty).
 */
export interface Snapshot {
  /** 64 KiB pages of the memory. */
  readonly memoryPages: number;
  /** What is not zero, in order. */
  readonly extents: readonly SnapshotExtent[];
}

/** A stretch of memory. */
export interface SnapshotExtent {
  /** Byte offset in the memory. */
  readonly start: number;
  readonly bytes: Uint8Array;
}
