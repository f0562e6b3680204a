import type { Result } from "../../runtime/result.ts";

/** The value of a success; fails the test otherwise. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new Error(`Expected success, got ${JSON.stringify(result.error)}`);
}

/** The code of a failure; `ok` for a success. */
export function codeOf(result: Result<unknown, { readonly code: string }>): string {
  return result.ok ? "ok" : result.error.code;
}

/** The error of a failure; fails the test otherwise. */
export function errorOf<E>(result: Result<unknown, E>): E {
  if (!result.ok) return result.error;
  throw new Error("Expected a failure, got success");
}
