const SECONDS = 10;

/** How often something happened in the last ten seconds. */
export class Rate {
  readonly #counts = new Array<number>(SECONDS).fill(0);
  #second = 0;

  count(nowMs: number): void {
    this.#turn(nowMs);
    this.#counts[this.#second % SECONDS]!++;
  }

  /** Per second, over the last ten. */
  perSecond(nowMs: number): number {
    this.#turn(nowMs);
    return this.#counts.reduce((sum, count) => sum + count, 0) / SECONDS;
  }

  /** Forgets what is older than ten seconds. */
  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(SECONDS, second - this.#second);
    for (let n = 1; n <= passed; n++) this.#counts[(this.#second + n) % SECONDS] = 0;
    // With more than ten seconds passed every bucket is empty, whichever is next.
    if (passed > 0) this.#second = second;
  }
}
