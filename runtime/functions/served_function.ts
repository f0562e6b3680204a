import type { RunTarget } from "../dispatch/job.ts";
import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { FunctionConfig } from "./function_config.ts";

/** A function at a route: its active version, and its next one while that is being prepared. */
export interface ServedFunction {
  /** The route pattern, e.g. `/api/users/[id]`; also its name in messages. */
  readonly route: string;
  /** The active version if it is ready to run, without waiting; the hot path reads this first. */
  readonly active: FunctionVersion | undefined;
  /** Prepares the function on first use; concurrent callers share one preparation. */
  load(): Promise<Result<FunctionVersion, SkerryError>>;
}

/** A version that can run. Immutable: a request keeps the one it started with. */
export interface FunctionVersion {
  readonly config: FunctionConfig;
  readonly target: RunTarget;
}

/** A function found for a path. */
export interface RouteMatch {
  readonly fn: ServedFunction;
  /** Bound `[name]` segments, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The decoded rest of the path that a `[...rest]` bound, with a leading `/`, or "". */
  readonly pathInfo: string;
}
