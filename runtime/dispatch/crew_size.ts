import { Autoscaler } from "./autoscaler.ts";
import type { Crew } from "./crew.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { isIdle } from "./worker_choice.ts";

/** A worker below this share of busy time has come to rest. */
const REST = 0.001;

/** Keeps a crew as large as its work asks for, and measures how its workers fare. */
export class CrewSize {
  readonly #crew: Crew;
  readonly #autoscaler: Autoscaler;
  #settings: Required<PoolSettings>;
  #measuredAtMs: number;
  /** Workers there should be. */
  #wanted: number;

  constructor(crew: Crew, settings: Required<PoolSettings>, nowMs: number) {
    this.#crew = crew;
    this.#settings = settings;
    this.#measuredAtMs = nowMs;
    this.#wanted = settings.minWorkers;
    this.#autoscaler = new Autoscaler(boundsOf(settings));
  }

  /** New bounds are reached step by step. */
  configure(settings: Required<PoolSettings>): void {
    this.#settings = settings;
    this.#autoscaler.setBounds(boundsOf(settings));
  }

  /** Starts the workers there should be and are not, and at least so many. */
  makeUp(atLeast = 0): void {
    this.#crew.growTo(Math.max(atLeast, this.#wanted));
  }

  /** Measures when it is time to, and starts or ends a worker where there are too few or too many. */
  tend(nowMs: number, queueWaitMs: number): void {
    this.#measure(nowMs);
    this.#scale(nowMs, queueWaitMs);
  }

  /** Whether the crew is as small as it gets, and nobody in it has had anything to do for a while. */
  get isAtRest(): boolean {
    const { workers } = this.#crew;
    return workers.length === this.#settings.minWorkers &&
      workers.every((each) => isIdle(each) && each.busy < REST);
  }

  #measure(nowMs: number): void {
    const { formula } = this.#settings;
    const periodMs = nowMs - this.#measuredAtMs;
    if (periodMs < formula.periodMs) return;
    this.#measuredAtMs = nowMs;
    for (const worker of this.#crew.workers) worker.measure(nowMs, periodMs, formula);
  }

  #scale(nowMs: number, queueWaitMs: number): void {
    const { workers, starting } = this.#crew;
    const busy = workers.reduce((sum, each) => sum + each.busy, 0) / Math.max(1, workers.length);
    const sample = { nowMs, workers: workers.length, starting, queueWaitMs, busy };
    this.#wanted = this.#autoscaler.decide(sample);
    this.#crew.growTo(this.#wanted);
    if (this.#wanted >= workers.length) return;
    const spare = workers.findLast((each) => each.isReady && isIdle(each));
    if (spare !== undefined) this.#crew.dismiss(spare);
  }
}

function boundsOf({ workers, minWorkers }: Required<PoolSettings>) {
  return { minWorkers, maxWorkers: workers };
}
