/**
 * Success or failure as a value. Failures that a caller must handle are returned, never thrown.
 *
 * @example
 * ```ts
 * import { err, ok, type Result } from "./result.ts";
 *
 * function half(n: number): Result<number, string> {
 *   return n % 2 === 0 ? ok(n / 2) : err(`Cannot halve an odd number: ${n}`);
 * }
 * const result = half(4);
 * if (result.ok) console.log(result.value);
 * ```
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly error: E;
};

/** Wraps a value as a success. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** Wraps an error as a failure. */
export function err<E>(error: E): Result<never, E> {
  return { ok: false, error };
}
