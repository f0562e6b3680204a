/**
 * Asks again and again until the answer is what is wanted, or `withinMs` has passed; then fails with the
 * last answer. For what another process does in its own time.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  withinMs = 15_000,
): Promise<{ readonly answer: T; readonly tookMs: number }> {
  const startMs = performance.now();
  for (;;) {
    const answer = await ask();
    const tookMs = performance.now() - startMs;
    if (isWanted(answer)) return { answer, tookMs };
    if (tookMs > withinMs) {
      throw new Error(`Still not after ${withinMs} ms: ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
