/** Buckets in each doubling of time: a value is known within 9 %. */
const PER_OCTAVE = 8;
/** Doublings from a microsecond to 134 seconds; what is longer counts as that. */
const OCTAVES = 27;

/**
 * How long something took, in buckets of constant relative width. Adding costs a logarithm and two additions,
 * and the memory is the same however much is added.
 *
 * @example
 * ```ts
 * import { LatencyHistogram } from "./latency_histogram.ts";
 *
 * const histogram = new LatencyHistogram();
 * for (let ms = 1; ms <= 100; ms++) histogram.add(ms);
 * console.log(Math.round(histogram.quantileMs(0.5) / 10) * 10); // 50
 * ```
 */
export class LatencyHistogram {
  /** Values in each bucket. */
  readonly #counts = new Float64Array(PER_OCTAVE * OCTAVES);
  /** All values together, milliseconds. */
  sumMs = 0;
  count = 0;

  add(ms: number): void {
    const bucket = Math.floor(Math.log2(ms * 1000) * PER_OCTAVE);
    // Below a microsecond, 0 included, it is negative.
    const index = bucket > 0 ? Math.min(bucket, PER_OCTAVE * OCTAVES - 1) : 0;
    this.#counts[index]!++;
    this.sumMs += ms;
    this.count++;
  }

  /** The value that this part of all values does not exceed, 0 if there are none. @param part 0 to 1 */
  quantileMs(part: number): number {
    let left = part * this.count;
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!;
      if (count > 0 && count >= left) return boundMs(index + Math.max(0, left) / count);
      left -= count;
    }
    return 0;
  }

  /** A copy, which stays as it is. */
  copy(): LatencyHistogram {
    return this.since(new LatencyHistogram());
  }

  /** What was added since an earlier copy was made. */
  since(earlier: LatencyHistogram): LatencyHistogram {
    const added = new LatencyHistogram();
    for (let index = 0; index < this.#counts.length; index++) {
      added.#counts[index] = this.#counts[index]! - earlier.#counts[index]!;
    }
    added.sumMs = this.sumMs - earlier.sumMs;
    added.count = this.count - earlier.count;
    return added;
  }

  /** Adds everything that another one has. */
  addAll(other: LatencyHistogram): void {
    for (let index = 0; index < this.#counts.length; index++) {
      this.#counts[index]! += other.#counts[index]!;
    }
    this.sumMs += other.sumMs;
    this.count += other.count;
  }

  /** How many values are at most 2^octave microseconds, for each octave from 1. */
  cumulative(): { readonly boundMs: number; readonly count: number }[] {
    const rows: { boundMs: number; count: number }[] = [];
    let count = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      count += this.#counts[index]!;
      if ((index + 1) % PER_OCTAVE === 0) rows.push({ boundMs: boundMs(index + 1), count });
    }
    return rows;
  }
}

/** The lower bound of a bucket; between two for what is no whole number. */
function boundMs(index: number): number {
  return 2 ** (index / PER_OCTAVE) / 1000;
}
