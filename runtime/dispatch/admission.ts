import type { RunTarget } from "./job.ts";

/**
 * How many workers each function may use: its own limit, and what others have reserved. Counts only
 * functions that have said something about it, so it costs the rest nothing.
 */
export class Admission {
  /** Jobs of such functions that workers have. */
  readonly #running = new Map<RunTarget, number>();
  /** Functions with reserved workers that have run and were not forgotten. */
  readonly #reserving = new Set<RunTarget>();

  /** Notes that a worker was given a job of this function. */
  started(target: RunTarget): void {
    if (target.scheduling === undefined) return;
    this.#running.set(target, this.#runningOf(target) + 1);
    if (target.scheduling.reservedWorkers > 0) this.#reserving.add(target);
  }

  /** Notes that a worker no longer has it. */
  ended(target: RunTarget): void {
    if (target.scheduling === undefined) return;
    const left = this.#runningOf(target) - 1;
    if (left > 0) this.#running.set(target, left);
    else this.#running.delete(target);
  }

  /** Nothing is reserved for a version that has been replaced. */
  forget(target: RunTarget): void {
    this.#reserving.delete(target);
  }

  /**
   * Whether one more job of this function may be given to a worker.
   *
   * @param idleWorkers Workers without a job, those not started yet included, if it is to take one of
   * them; 0 if it is to wait behind a job, since a worker that is free again may be a reserved one
   * @param workers Workers there may be in all; one of them is never reserved
   */
  mayRun(target: RunTarget, idleWorkers: number, workers: number): boolean {
    const { scheduling } = target;
    if (scheduling !== undefined) {
      const running = this.#runningOf(target);
      if (running >= scheduling.maxConcurrent) return false;
      if (running < scheduling.reservedWorkers) return true;
    }
    return this.#reserving.size === 0 || idleWorkers > Math.min(this.#unused(target), workers - 1);
  }

  /** Reserved workers that are not in use, without this function's own. */
  #unused(except: RunTarget): number {
    let unused = 0;
    for (const target of this.#reserving) {
      if (target === except) continue;
      unused += Math.max(0, target.scheduling!.reservedWorkers - this.#runningOf(target));
    }
    return unused;
  }

  #runningOf(target: RunTarget): number {
    return this.#running.get(target) ?? 0;
  }
}
