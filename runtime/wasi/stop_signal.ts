/** What a host call throws to end a run. Says nothing itself: the reason is `WasiHost.stopped`. */
class StopSignal {}

/** The only stop signal: throwing an object made in advance captures no stack. */
export const STOP_SIGNAL = new StopSignal();

/**
 * Whether this was thrown to end a run, so that the reason is `WasiHost.stopped`. A run may also
 * have been stopped when it is not: a module that uses exceptions is stopped by a trap, or may
 * swallow the signal.
 *
 * @example
 * ```ts
 * import { isStopSignal } from "./stop_signal.ts";
 *
 * function runToEnd(start: () => void): "stopped" | "returned" {
 *   try {
 *     start();
 *     return "returned";
 *   } catch (thrown) {
 *     if (isStopSignal(thrown)) return "stopped";
 *     throw thrown;
 *   }
 * }
 * runToEnd(() => {});
 * ```
 */
export function isStopSignal(thrown: unknown): boolean {
  return thrown === STOP_SIGNAL;
}
