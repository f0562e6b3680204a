/** Stable error codes; clients match on these, never on messages. HTTP statuses are `http/problem.ts`'s. */
export type ErrorCode =
  | "bad_function_output"
  | "bad_request"
  | "build_failed"
  | "cpu_exceeded"
  | "forbidden"
  | "fuel_exhausted"
  | "function_exited"
  | "function_not_found"
  | "function_trapped"
  | "internal_error"
  | "invalid_config"
  | "invalid_module"
  | "lock_lost"
  | "lock_wait_cancelled"
  | "lock_wait_timeout"
  | "log_not_found"
  | "memory_exceeded"
  | "method_not_allowed"
  | "name_taken"
  | "native_unavailable"
  | "overloaded"
  | "range_not_satisfiable"
  | "request_timeout"
  | "request_too_large"
  | "route_conflict"
  | "route_not_found"
  | "session_expired"
  | "shutting_down"
  | "stale_request"
  | "storage_failed"
  | "storage_full"
  | "timeout"
  | "toolchain_missing"
  | "unauthorized"
  | "version_not_found";

/**
 * A failure as a value: a stable `code`, and a sentence-case `message` without a full stop that says
 * what was attempted and what was found. `details` are extra members for machines, e.g. `exit_code`.
 * Neither ever holds a host path or a stack trace.
 */
export interface SkerryError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, ErrorDetail>>;
}

/** A member for machines: a scalar, or rows of them, e.g. a compiler's `diagnostics`. */
export type ErrorDetail =
  | string
  | number
  | boolean
  | readonly Readonly<Record<string, string | number | boolean | undefined>>[];

/** Makes a {@linkcode SkerryError}. */
export function skerryError(
  code: ErrorCode,
  message: string,
  details?: SkerryError["details"],
): SkerryError {
  return details === undefined ? { code, message } : { code, message, details };
}
