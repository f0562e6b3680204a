import type { Result } from "../result.ts";

/**
 * Does something once and keeps what came of it, unless it failed: then the next call tries again. Calls that
 * come meanwhile share one attempt.
 *
 * @example
 * ```ts
 * import { ok } from "../result.ts";
 * import { keepSuccess } from "./keep_success.ts";
 *
 * let loads = 0;
 * const load = keepSuccess(() => Promise.resolve(ok(++loads)));
 * await load();
 * console.log(await load()); // { ok: true, value: 1 }
 * ```
 */
export function keepSuccess<Args extends unknown[], T, E>(
  attempt: (...args: Args) => Promise<Result<T, E>>,
): (...args: Args) => Promise<Result<T, E>> {
  let kept: Promise<Result<T, E>> | undefined;
  return async (...args) => {
    const running = kept ??= attempt(...args);
    const result = await running;
    if (!result.ok && kept === running) kept = undefined;
    return result;
  };
}
