/** Resolves when the page can be seen, or the signal aborts. */
export async function shown(signal) {
  while (document.hidden && !signal.aborted) {
    const { promise, resolve } = Promise.withResolvers();
    document.addEventListener("visibilitychange", resolve, { once: true });
    signal.addEventListener("abort", resolve);
    await promise;
    document.removeEventListener("visibilitychange", resolve);
    signal.removeEventListener("abort", resolve);
  }
}

/** A signal that aborts when the page is hidden; never, if that does not matter. `end` stops watching. */
export function hiding(isIndifferent = false) {
  const controller = new AbortController();
  const look = () => document.hidden && controller.abort();
  if (!isIndifferent) document.addEventListener("visibilitychange", look);
  const end = () => document.removeEventListener("visibilitychange", look);
  return { signal: controller.signal, end };
}
