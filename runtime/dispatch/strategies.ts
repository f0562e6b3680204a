/** What a strategy may know of a worker. */
export interface WorkerState {
  /** Grows with every worker that is started. */
  readonly id: number;
  /** Jobs it has. */
  readonly inFlight: number;
  /** How long it is expected to need for them, milliseconds; Infinity if that is not known. */
  readonly backlogMs: number;
  /** Smoothed share of the time it was busy, 0 to 1. */
  readonly busy: number;
  /** Smoothed load, 0 to 1: see {@linkcode WorkerLoad}. */
  readonly score: number;
}

/**
 * Chooses one of the workers that can take a job at once, in the order of their ids. Pure.
 *
 * @param candidates At least one
 * @param lastId The worker chosen last time; 0 at first
 */
export type Strategy = (candidates: readonly WorkerState[], lastId: number) => WorkerState;

/** How `--strategy` names them. */
export type StrategyName = "fifo" | "least" | "rr" | "score";

/** The next one in turn. */
const roundRobin: Strategy = (candidates, lastId) =>
  candidates.find(({ id }) => id > lastId) ?? candidates[0]!;

/** The first one, so that few stay warm and the others may end. */
const firstFree: Strategy = (candidates) => candidates[0]!;

/** The one with least to do: jobs in flight, weighted by what such jobs cost of late, then the least busy. */
const leastLoaded: Strategy = (candidates) =>
  lowest(candidates, ({ inFlight, backlogMs, busy }) => inFlight === 0 ? busy : 1 + backlogMs);

/** The one with the lowest score of processor, memory and traffic. */
const lowestScore: Strategy = (candidates) => lowest(candidates, ({ score }) => score);

/** Something whose strategy may be changed at any time. */
export interface Scheduler {
  strategy: StrategyName;
}

/** Every strategy by name (README: "Which strategy when?"). */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  rr: roundRobin,
  fifo: firstFree,
  least: leastLoaded,
  score: lowestScore,
};

/** Whether this names a strategy. */
export function isStrategyName(name: string): name is StrategyName {
  return Object.hasOwn(STRATEGIES, name);
}

function lowest(
  candidates: readonly WorkerState[],
  weigh: (worker: WorkerState) => number,
): WorkerState {
  let best = candidates[0]!;
  let bestWeight = weigh(best);
  for (const candidate of candidates) {
    const weight = weigh(candidate);
    if (weight >= bestWeight) continue;
    best = candidate;
    bestWeight = weight;
  }
  return best;
}
