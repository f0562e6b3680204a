/** How benchmarks measure: several rounds, the variants in alternating order, medians. */

/** One of the things a benchmark compares. */
export interface Variant {
  readonly label: string;
  /** Measures once; the result's unit is the benchmark's. */
  readonly measure: () => number | Promise<number>;
}

/** The middle of the values; the mean of the two in the middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** The mean for ratios: twice as fast and half as fast cancel out. */
export function geometricMean(values: readonly number[]): number {
  const logarithms = values.reduce((sum, value) => sum + Math.log(value), 0);
  return Math.exp(logarithms / values.length);
}

/**
 * The value that `share` of the values do not exceed, by nearest rank.
 *
 * @param share 0.99 for the 99th percentile.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(sorted.length * share));
  return sorted[rank - 1] ?? NaN;
}

/**
 * Measures every variant once a round, and turns the order round after each round (A B, B A, A B …), so
 * that what changes with time (heat, neighbours) falls on all variants alike.
 *
 * @returns by label, one value a round
 *
 * @example
 * ```ts
 * import { alternate, median } from "./measure.ts";
 *
 * const values = await alternate([
 *   { label: "a", measure: () => 1 },
 *   { label: "b", measure: () => 2 },
 * ], 3);
 * console.log(median(values.get("b")!)); // 2
 * ```
 */
export async function alternate(
  variants: readonly Variant[],
  rounds: number,
): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>(variants.map(({ label }) => [label, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? variants : variants.toReversed();
    for (const { label, measure } of order) values.get(label)!.push(await measure());
  }
  return values;
}

/** Milliseconds that a piece of work takes. */
export function timeMs(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** Measures until two values in a row are within 3 % of each other, at most `attempts` times. */
export async function warmUp(
  measure: () => number | Promise<number>,
  attempts: number,
): Promise<void> {
  let last = Infinity;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const value = await measure();
    if (Math.abs(value / last - 1) <= 0.03) return;
    last = value;
  }
}

/** Fails unless the answer is the expected one: what answers wrongly is not worth timing. */
export function expectAnswer(what: string, answer: string, expected: string): void {
  if (answer === expected) return;
  throw new Error(
    `Cannot measure ${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(answer)}`,
  );
}
