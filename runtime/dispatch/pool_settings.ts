import type { StrategyName } from "./strategies.ts";
import { DEFAULT_FORMULA, type ScoreFormula } from "./worker_load.ts";

/** What of a pool can be changed while it works. */
export interface PoolSettings {
  /** Worker threads at most. @default the number of processors, at least 2 */
  readonly workers: number;
  /** Worker threads that stay when there is nothing to do. @default all of them */
  readonly minWorkers?: number;
  /** Which of several free workers gets a job. @default "fifo" */
  readonly strategy?: StrategyName;
  /** How their scores are made. @default {@linkcode DEFAULT_FORMULA} */
  readonly formula?: ScoreFormula;
}

/** Settings without gaps. */
export function completeSettings(settings: PoolSettings): Required<PoolSettings> {
  const { workers, minWorkers = workers, strategy = "fifo", formula = DEFAULT_FORMULA } = settings;
  return { workers, minWorkers, strategy, formula };
}
