/** Those who wait for a log's next record. */
export class Followers {
  readonly #waiting = new Map<string, Set<(hasMore: boolean) => void>>();

  /** How many wait. */
  get count(): number {
    let count = 0;
    for (const waiting of this.#waiting.values()) count += waiting.size;
    return count;
  }

  /** Resolves to true at the log's next record, and to false when the server stops or `signal` aborts. */
  wait(log: string, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = this.#waiting.get(log) ?? new Set();
    this.#waiting.set(log, waiting);
    const leave = () => end(false);
    const end = (hasMore: boolean) => {
      waiting.delete(end);
      if (waiting.size === 0 && this.#waiting.get(log) === waiting) this.#waiting.delete(log);
      signal.removeEventListener("abort", leave);
      resolve(hasMore);
    };
    waiting.add(end);
    signal.addEventListener("abort", leave);
    return promise;
  }

  wake(log: string): void {
    for (const end of [...this.#waiting.get(log) ?? []]) end(true);
  }

  stop(): void {
    for (const waiting of [...this.#waiting.values()]) for (const end of [...waiting]) end(false);
  }
}
