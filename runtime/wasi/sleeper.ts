/**
 * How a host call waits. Injected: a worker may block, the thread that accepts requests may not.
 */
export interface Sleeper {
  /**
   * Blocks this thread for `ms` milliseconds. "interrupted" when it was woken earlier; the caller
   * then looks at whether its run was cancelled, and goes on waiting if not.
   */
  sleep(ms: number): "elapsed" | "interrupted";
}

/**
 * A sleeper that blocks in `Atomics.wait` and so uses no CPU. Another thread interrupts it by
 * storing a value other than 0 in `wakeCell[0]` and calling `Atomics.notify` on it.
 *
 * @example
 * ```ts
 * import { atomicsSleeper } from "./sleeper.ts";
 *
 * const wakeCell = new Int32Array(new SharedArrayBuffer(4));
 * atomicsSleeper(wakeCell).sleep(0);
 * ```
 */
export function atomicsSleeper(
  wakeCell: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4)),
): Sleeper {
  return {
    sleep(ms) {
      return Atomics.wait(wakeCell, 0, 0, ms) === "timed-out" ? "elapsed" : "interrupted";
    },
  };
}
