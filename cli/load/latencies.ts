import { createHistogram } from "node:perf_hooks";

/** One bar: how many latencies fell into it. */
export interface Bar {
  /** Milliseconds, inclusive. */
  readonly fromMs: number;
  /** Milliseconds, exclusive. */
  readonly toMs: number;
  readonly count: number;
}

const NS_PER_MS = 1e6;
/** Where bars begin within a decade, so that their bounds read well and they look alike on a logarithmic scale. */
const STEPS = [1, 1.5, 2, 3, 5, 7];
const FIRST_DECADE_MS = 0.001;
const DECADES = 9;
const BOUNDS_MS = Array.from(
  { length: DECADES * STEPS.length },
  (_, at) =>
    Number(
      (FIRST_DECADE_MS * 10 ** Math.floor(at / STEPS.length) * STEPS[at % STEPS.length]!)
        .toPrecision(3),
    ),
);

/**
 * Latencies in an HDR histogram: percentiles exact to three digits in constant memory, however many are recorded.
 *
 * @example
 * ```ts
 * import { Latencies } from "./latencies.ts";
 *
 * const latencies = new Latencies();
 * for (let ms = 1; ms <= 100; ms++) latencies.record(ms);
 * console.log(Math.round(latencies.percentileMs(99))); // 99
 * ```
 */
export class Latencies {
  readonly #histogram = createHistogram();
  readonly #bars = new Uint32Array(BOUNDS_MS.length);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** Adds one, milliseconds. */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * NS_PER_MS)));
    this.#bars[barOf(ms)]!++;
    this.#count++;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  get count(): number {
    return this.#count;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The latency that this part of them, percent, did not exceed. */
  percentileMs(percent: number): number {
    if (this.#count === 0) return 0;
    return Math.min(this.#maxMs, this.#histogram.percentile(percent) / NS_PER_MS);
  }

  /** From the first bar that is not empty to the last, on a logarithmic scale. */
  bars(): Bar[] {
    const first = this.#bars.findIndex((count) => count > 0);
    const last = this.#bars.findLastIndex((count) => count > 0);
    return BOUNDS_MS.slice(first, last + 1).map((fromMs, offset) => ({
      fromMs: first + offset === 0 ? 0 : fromMs,
      toMs: BOUNDS_MS[first + offset + 1] ?? Infinity,
      count: this.#bars[first + offset]!,
    }));
  }
}

function barOf(ms: number): number {
  let low = 0;
  let high = BOUNDS_MS.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (BOUNDS_MS[middle]! <= ms) low = middle;
    else high = middle;
  }
  return low;
}
