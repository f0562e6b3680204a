import type { RunTarget } from "../dispatch/job.ts";
import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { FunctionConfig } from "./function_config.ts";
import type { NativeTarget } from "./native_function.ts";

/** A function at a route: its active version, and its next one while that is being prepared. */
export interface ServedFunction {
  /** The route pattern, e.g. `/api/users/[id]`; also its name in messages. */
  readonly route: string;
  /** The active version if it is ready to run, without waiting; the hot path reads this first. */
  readonly active: FunctionVersion | undefined;
  /** Prepares the function on first use; concurrent callers share one preparation. */
  load(): Promise<Result<FunctionVersion, SkerryError>>;
}

/** A version that answers. Immutable: a request keeps the one it started with. */
export type FunctionVersion = ModuleVersion | StaticVersion | NativeVersion;

/** A version that runs a module: its own, or an engine with a program. */
export interface ModuleVersion {
  readonly kind: "module";
  readonly config: FunctionConfig;
  readonly target: RunTarget;
}

/** A version that is answered as it is, to GET and HEAD; nothing runs. */
export interface StaticVersion {
  readonly kind: "static";
  readonly config: FunctionConfig;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Strong entity tag, with its quotes. */
  readonly etag: string;
}

/** A version that calls a function of a native library. */
export interface NativeVersion {
  readonly kind: "native";
  readonly config: FunctionConfig;
  readonly target: NativeTarget;
}

/** A function found for a path. */
export interface RouteMatch {
  readonly fn: ServedFunction;
  /** Bound `[name]` segments, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The decoded rest of the path that a `[...rest]` bound, with a leading `/`, or "". */
  readonly pathInfo: string;
}
