import type { FastPath } from "./fast_path.ts";
import type { Dispatcher, Job, JobResult, RunTarget } from "./job.ts";
import type { WorkerPool } from "./pool.ts";

/**
 * The way a job takes: the fast path first, the pool when that hands it back (RATIONALE: "Why is there a
 * fast path?").
 */
export class TwoPathDispatcher implements Dispatcher {
  readonly #fastPath: FastPath;
  readonly #pool: WorkerPool;

  constructor(fastPath: FastPath, pool: WorkerPool) {
    this.#fastPath = fastPath;
    this.#pool = pool;
  }

  run(job: Job): JobResult | Promise<JobResult> {
    const result = this.#fastPath.run(job);
    return result === undefined ? this.#pool.run(job) : { kind: "ran", path: "inline", result };
  }

  /** Lets go of a version that has been replaced, so that nothing of it stays in memory. */
  forget(target: RunTarget): void {
    this.#fastPath.forget(target);
    this.#pool.forget(target);
  }
}
