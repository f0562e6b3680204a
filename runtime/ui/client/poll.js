import { moving } from "./pausing.js";

/** Waits, or until the signal aborts; leaves neither a timer nor a listener behind. */
export function pause(ms, signal) {
  const { promise, resolve } = Promise.withResolvers();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", resolve);
  });
}

/** How long to wait after so many failures in a row: a server that starts again is found soon, one that is gone is left in peace. */
export function retryMs(failures) {
  return Math.min(10_000, 500 * 2 ** failures);
}

/** An answer that takes longer will not come. */
const PATIENCE_MS = 10_000;

/**
 * Loads at once and then again and again, until the signal aborts; less often while that fails, and not while
 * the page is paused.
 *
 * @param {(signal: AbortSignal) => Promise<unknown>} load
 * @param {{everyMs: number, signal: AbortSignal, onProblem: (thrown: unknown) => void}} options
 */
export async function poll(load, { everyMs, signal, onProblem }) {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await load(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
      failures = 0;
    } catch (thrown) {
      if (signal.aborted) return;
      failures++;
      onProblem(thrown);
    }
    await pause(Math.max(everyMs, failures && retryMs(failures)), signal);
    await moving();
  }
}
