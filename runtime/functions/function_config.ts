import type { CoordGrant } from "../coord/guest/coord_grant.ts";
import type { Scheduling } from "../dispatch/job.ts";
import type { Limits } from "../isolate/limits.ts";
import type { MountGrant } from "../isolate/mount_grant.ts";
import type { NativeLimitChoice } from "./native_function.ts";

/** How a request reaches a function and its output becomes a response (`formats.md`-style ABIs). */
export type Abi = "auto" | "text" | "cgi" | "json" | "static";

/** The configuration of one function, from `NAME.toml` beside it, with every default filled in. */
export interface FunctionConfig {
  readonly abi: Abi;
  /** Set where `runtime` is `native`: the function is a library's, with these limits instead of `limits`. */
  readonly native?: NativeLimitChoice;
  /** The export to call. @default "_start", or "run" for a module without it and for a library */
  readonly handler?: string;
  /** Upper-case methods the route answers; undefined means all. */
  readonly methods?: readonly string[];
  readonly limits: Limits;
  /** Environment of the function; values already resolved. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories the function is given. @default none */
  readonly mounts: readonly MountGrant[];
  /** Locks and logs the function is given. @default none */
  readonly coord?: CoordGrant;
  /** Its part of the worker pool. @default as much as everyone else's */
  readonly scheduling?: Scheduling;
  /** Namespace of the JSON ABI's key-value store; undefined means none. */
  readonly kvNamespace?: string;
}
