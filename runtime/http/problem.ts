import type { ErrorCode, SkerryError } from "../errors.ts";

/** The HTTP status and the short human name of every error code: the one place that knows. */
const PROBLEMS: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  bad_function_output: { status: 502, title: "Bad function output" },
  bad_request: { status: 400, title: "Bad request" },
  build_failed: { status: 422, title: "Build failed" },
  cpu_exceeded: { status: 500, title: "CPU exceeded" },
  forbidden: { status: 403, title: "Forbidden" },
  fuel_exhausted: { status: 500, title: "Fuel exhausted" },
  function_exited: { status: 500, title: "Function exited" },
  function_not_found: { status: 404, title: "Function not found" },
  function_trapped: { status: 500, title: "Function trapped" },
  internal_error: { status: 500, title: "Internal error" },
  invalid_config: { status: 500, title: "Invalid configuration" },
  invalid_module: { status: 422, title: "Invalid module" },
  lock_lost: { status: 409, title: "Lock lost" },
  lock_wait_cancelled: { status: 409, title: "Lock wait cancelled" },
  lock_wait_timeout: { status: 408, title: "Lock wait timeout" },
  log_not_found: { status: 404, title: "Log not found" },
  memory_exceeded: { status: 500, title: "Memory exceeded" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  name_taken: { status: 409, title: "Name taken" },
  native_unavailable: { status: 503, title: "Native calls unavailable" },
  overloaded: { status: 503, title: "Overloaded" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  request_timeout: { status: 408, title: "Request timeout" },
  request_too_large: { status: 413, title: "Request too large" },
  route_conflict: { status: 500, title: "Route conflict" },
  route_not_found: { status: 404, title: "Route not found" },
  session_expired: { status: 409, title: "Session expired" },
  shutting_down: { status: 503, title: "Shutting down" },
  storage_failed: { status: 500, title: "Storage failed" },
  storage_full: { status: 507, title: "Storage full" },
  stale_request: { status: 409, title: "Stale request" },
  timeout: { status: 504, title: "Timeout" },
  toolchain_missing: { status: 501, title: "Toolchain missing" },
  unauthorized: { status: 401, title: "Unauthorized" },
  version_not_found: { status: 404, title: "Version not found" },
};

const ENCODER = new TextEncoder();

/** What surrounds a problem. */
export interface ProblemContext {
  readonly requestId: string;
  /** @default the one that goes with the error's code */
  readonly status?: number;
  /** The route of the function concerned. */
  readonly route?: string;
  /** Further response headers, e.g. `allow`; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to leave the body out, as for HEAD. @default false */
  readonly omitBody?: boolean;
}

/** The HTTP status that goes with an error code. */
export function statusOf(code: ErrorCode): number {
  return PROBLEMS[code].status;
}

/**
 * Answers with an error as RFC 9457 `application/problem+json`: `type` (a stable URN), `title`, `status`, `detail`,
 * `code`, `function`, `request_id`, and the error's own details.
 *
 * @example
 * ```ts
 * import { skerryError } from "../errors.ts";
 * import { problemResponse } from "./problem.ts";
 *
 * const error = skerryError("overloaded", "Cannot run /hello: the queue is full");
 * const response = problemResponse(error, { requestId: "r-1", headers: { "retry-after": "1" } });
 * console.log(response.status, await response.json());
 * ```
 */
export function problemResponse(error: SkerryError, context: ProblemContext): Response {
  const { status = statusOf(error.code) } = context;
  const body = ENCODER.encode(JSON.stringify(problemBody(error, status, context)));
  const headers = {
    "content-type": "application/problem+json",
    // Else Deno's server would say 0 of a body left out.
    "content-length": String(body.length),
    "x-request-id": context.requestId,
    ...context.headers,
  };
  return new Response(context.omitBody ? null : body, { status, headers });
}

function problemBody(
  error: SkerryError,
  status: number,
  context: ProblemContext,
): Record<string, unknown> {
  const { title } = PROBLEMS[error.code];
  return {
    ...error.details,
    type: `urn:skerry:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    function: context.route,
    request_id: context.requestId,
  };
}
