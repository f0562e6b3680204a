import type { PooledWorker } from "./pooled_worker.ts";
import { STRATEGIES, type StrategyName } from "./strategies.ts";

/** Jobs are sent ahead to a worker that is expected to be done with what it has within this time. */
const MAX_BACKLOG_MS = 1;

/** Whether a worker has nothing to do. */
export function isIdle({ inFlight }: PooledWorker): boolean {
  return inFlight === 0;
}

/** Whether a worker will have nothing to do in a moment. */
export function isNearlyDone({ backlogMs }: PooledWorker): boolean {
  return backlogMs < MAX_BACKLOG_MS;
}

/** Finds the workers that can take a job at once, and has a strategy choose one of them. Allocates nothing. */
export class WorkerChoice {
  readonly #candidates: PooledWorker[] = [];
  #lastId = 0;

  /**
   * The idle workers, else those that will be done soon.
   *
   * @returns The same list at every call, with other contents
   */
  candidates(workers: readonly PooledWorker[]): readonly PooledWorker[] {
    const idle = this.#collect(workers, isIdle);
    return idle.length > 0 ? idle : this.#collect(workers, isNearlyDone);
  }

  /** One of the candidates. @param candidates At least one */
  choose(candidates: readonly PooledWorker[], strategy: StrategyName): PooledWorker {
    const chosen = STRATEGIES[strategy](candidates, this.#lastId) as PooledWorker;
    this.#lastId = chosen.id;
    return chosen;
  }

  #collect(
    workers: readonly PooledWorker[],
    isCandidate: (worker: PooledWorker) => boolean,
  ): readonly PooledWorker[] {
    this.#candidates.length = 0;
    for (const worker of workers) {
      if (worker.isReady && isCandidate(worker)) this.#candidates.push(worker);
    }
    return this.#candidates;
  }
}
