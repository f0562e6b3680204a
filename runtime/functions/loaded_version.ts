import type { FunctionVersion } from "./served_function.ts";
import type { Runnable } from "./version_maker.ts";

/** A version with what is known about where it came from. */
export type LoadedVersion = FunctionVersion & VersionOrigin;

/** Where a version came from. */
export interface VersionOrigin {
  /** SHA-256 over source and configuration: equal for equal content. */
  readonly id: string;
  /** SHA-256 of the source alone. */
  readonly moduleHash: string;
  /** Bytes of the source's file. */
  readonly size: number;
  /** What a version with another configuration can run on, too. */
  readonly runnable?: Runnable;
}
