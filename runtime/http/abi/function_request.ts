import type { RouteMatch } from "../../functions/served_function.ts";
import type { Peer } from "../../platform/platform.ts";

/** A request for a function, as the ABIs see it. */
export interface FunctionRequest {
  readonly request: Request;
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** The raw path of {@linkcode url}; its escapes are known to be UTF-8. */
  readonly path: string;
  readonly match: RouteMatch;
  readonly peer: Peer;
}
