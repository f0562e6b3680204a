/** What the autoscaler knows of the pool at one moment. */
export interface PoolSample {
  readonly nowMs: number;
  /** Workers there are, those coming up included. */
  readonly workers: number;
  /** Workers coming up. */
  readonly starting: number;
  /** How long the job that waits longest has waited, milliseconds; 0 if none waits. */
  readonly queueWaitMs: number;
  /** Mean of the workers' smoothed busy shares, 0 to 1. */
  readonly busy: number;
}

/** How few and how many workers there may be. */
export interface AutoscalerBounds {
  readonly minWorkers: number;
  readonly maxWorkers: number;
}

/** Bounds and pace of {@linkcode Autoscaler}. */
export interface AutoscalerOptions extends AutoscalerBounds {
  /** A job that has waited this long asks for one worker more. @default 10 */
  readonly growWaitMs?: number;
  /** Above this share of busy time, any waiting job asks for one worker more. @default 0.8 */
  readonly growBusy?: number;
  /** Below this share of busy time, counted over one worker fewer, there is one too many. @default 0.5 */
  readonly shrinkBusy?: number;
  /** How long there must have been one too many before it ends. @default 10_000 */
  readonly shrinkAfterMs?: number;
}

const DEFAULT_GROW_WAIT_MS = 10;
const DEFAULT_GROW_BUSY = 0.8;
const DEFAULT_SHRINK_BUSY = 0.5;
const DEFAULT_SHRINK_AFTER_MS = 10_000;
/** What part of `shrinkAfterMs` lies between the first that ends and the second. */
const NEXT_SHRINK = 0.2;

/**
 * Decides how many workers there should be. Grows at once, one at a time, as long as jobs wait; shrinks only
 * after a calm that lasts, so that a pool between two sizes does not swing (hysteresis).
 */
export class Autoscaler {
  #minWorkers: number;
  #maxWorkers: number;
  readonly #growWaitMs: number;
  readonly #growBusy: number;
  readonly #shrinkBusy: number;
  readonly #shrinkAfterMs: number;
  #calmSinceMs: number | undefined;

  constructor(options: AutoscalerOptions) {
    this.#minWorkers = options.minWorkers;
    this.#maxWorkers = options.maxWorkers;
    this.#growWaitMs = options.growWaitMs ?? DEFAULT_GROW_WAIT_MS;
    this.#growBusy = options.growBusy ?? DEFAULT_GROW_BUSY;
    this.#shrinkBusy = options.shrinkBusy ?? DEFAULT_SHRINK_BUSY;
    this.#shrinkAfterMs = options.shrinkAfterMs ?? DEFAULT_SHRINK_AFTER_MS;
  }

  /** Changes the bounds; the pool moves into them step by step. */
  setBounds({ minWorkers, maxWorkers }: AutoscalerBounds): void {
    this.#minWorkers = minWorkers;
    this.#maxWorkers = maxWorkers;
  }

  /** How many workers there should be now. */
  decide(sample: PoolSample): number {
    const { workers, starting, queueWaitMs, busy } = sample;
    if (workers < this.#minWorkers) return this.#minWorkers;
    if (workers > this.#maxWorkers) return workers - 1;
    if (queueWaitMs >= this.#growWaitMs || (queueWaitMs > 0 && busy > this.#growBusy)) {
      this.#calmSinceMs = undefined;
      // The one that is coming up may be enough.
      return starting > 0 ? workers : Math.min(this.#maxWorkers, workers + 1);
    }
    return this.#isOneTooMany(sample) ? workers - 1 : workers;
  }

  #isOneTooMany({ nowMs, workers, busy }: PoolSample): boolean {
    const isCalm = workers > this.#minWorkers &&
      busy * workers <= this.#shrinkBusy * (workers - 1);
    if (!isCalm) {
      this.#calmSinceMs = undefined;
      return false;
    }
    this.#calmSinceMs ??= nowMs;
    if (nowMs - this.#calmSinceMs < this.#shrinkAfterMs) return false;
    // The next ones follow faster, but still one by one.
    this.#calmSinceMs = nowMs - this.#shrinkAfterMs * (1 - NEXT_SHRINK);
    return true;
  }
}
