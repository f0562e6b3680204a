/** A request of a pattern. */
export interface Arrival {
  readonly atMs: number;
  /** Which function, from 0. */
  readonly function: number;
  /** How long its run takes. */
  readonly runMs: number;
}

/** Patterns by name: the same requests at the same times, whoever serves them. */
export const PATTERNS = {
  uniform: uniform(),
  bursty: bursty(),
  "one heavy among many": oneHeavy(),
} as const;

/** Ten functions, 400 requests a second at an even pace, 2 ms each: less than one worker's time. */
function uniform(): Arrival[] {
  return Array.from({ length: 4000 }, (_, i) => ({ atMs: i * 2.5, function: i % 10, runMs: 2 }));
}

/** The same functions, quiet but for half a second of ten times as many in every two. */
function bursty(): Arrival[] {
  const random = randomNumbers(7);
  const arrivals: Arrival[] = [];
  for (let atMs = 0; atMs < 10_000;) {
    arrivals.push({ atMs, function: Math.floor(random() * 10), runMs: 2 });
    const perSecond = atMs % 2000 < 500 ? 1200 : 120;
    atMs += -Math.log(1 - random()) * 1000 / perSecond;
  }
  return arrivals;
}

/** Twenty functions of half a millisecond, and one that takes 100 ms and comes eight times a second. */
function oneHeavy(): Arrival[] {
  const random = randomNumbers(11);
  const light = Array.from({ length: 8000 }, (_, i) => {
    return { atMs: i * 1.25, function: 1 + Math.floor(random() * 20), runMs: 0.5 };
  });
  const heavy = Array.from({ length: 80 }, (_, i) => ({ atMs: i * 125, function: 0, runMs: 100 }));
  return [...light, ...heavy].toSorted((a, b) => a.atMs - b.atMs);
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}
