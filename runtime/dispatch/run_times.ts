import type { RunTarget } from "./job.ts";

/** The least a run is expected to take, so that even a coarse clock bounds what is sent ahead. */
const MIN_EXPECTED_MS = 0.005;
/** How much of what was known stays when a run ends. */
const SMOOTHING = 0.8;

/** How long runs take, function by function. */
export class RunTimes {
  readonly #smoothedMs = new WeakMap<RunTarget, number>();

  /** What the next run is expected to take, milliseconds; Infinity if there was none yet. */
  expectedMs(target: RunTarget): number {
    return this.#smoothedMs.get(target) ?? Infinity;
  }

  /** Learns from a run that has ended. */
  add(target: RunTarget, runMs: number): void {
    const before = this.#smoothedMs.get(target) ?? runMs;
    const smoothedMs = before * SMOOTHING + runMs * (1 - SMOOTHING);
    this.#smoothedMs.set(target, Math.max(MIN_EXPECTED_MS, smoothedMs));
  }
}
