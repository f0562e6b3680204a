import { addResets, NO_RESETS, type ResetCounts } from "../isolate/reset_counts.ts";
import type { WorkerThread } from "../platform/platform.ts";
import type { FromWorker } from "./messages.ts";
import { PooledWorker } from "./pooled_worker.ts";

/** What {@linkcode Crew} needs. */
export interface CrewOptions {
  /** May throw, where no more threads can be had. */
  readonly spawn: () => WorkerThread;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly onMessage: (worker: PooledWorker, message: FromWorker) => void;
  /** The thread ended by itself. */
  readonly onCrash: (worker: PooledWorker, reason: string) => void;
}

/** After a thread that did not even start, the next one is tried this much later. */
const RESTART_DELAY_MS = 1000;
/** A crash this long after the last one is the first one again. */
const CRASH_MEMORY_MS = 10_000;
/** The delay after a second crash; it doubles with each further one. */
const CRASH_DELAY_MS = 50;

/** The workers of a pool, in the order of their ids: started, lost, and started again with backoff. */
export class Crew {
  readonly workers: PooledWorker[] = [];
  readonly #options: CrewOptions;
  /** Of workers that are gone. */
  #lostResets: Readonly<ResetCounts> = NO_RESETS;
  #lastId = 0;
  #noStartBeforeMs = -Infinity;
  #lastCrashMs = -Infinity;
  #crashes = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Workers that have not come up yet. */
  get starting(): number {
    let starting = 0;
    for (const { isReady } of this.workers) if (!isReady) starting++;
    return starting;
  }

  /** What became of instances in all workers there were, as they last said. */
  get resets(): Readonly<ResetCounts> {
    return this.workers.reduce((sum, { load }) => addResets(sum, load.resets), this.#lostResets);
  }

  /** Starts threads until there are so many, or none can be had; they are given jobs once they have come up. */
  growTo(count: number): void {
    while (this.workers.length < count && this.#options.now() >= this.#noStartBeforeMs) {
      this.#start();
    }
  }

  /** Ends a worker. False if it had gone already. */
  dismiss(worker: PooledWorker): boolean {
    const index = this.workers.indexOf(worker);
    if (index === -1) return false;
    this.workers.splice(index, 1);
    worker.terminate();
    this.#lostResets = addResets(this.#lostResets, worker.load.resets);
    return true;
  }

  #start(): void {
    try {
      const thread = this.#options.spawn();
      const worker = new PooledWorker(++this.#lastId, thread);
      this.workers.push(worker);
      thread.onMessage((message) => {
        // What a worker says that was given up comes too late: its jobs are answered, or run elsewhere.
        if (this.workers.includes(worker)) this.#options.onMessage(worker, message as FromWorker);
      });
      thread.onExit((reason) => this.#onExit(worker, reason));
    } catch {
      this.#delayStart(RESTART_DELAY_MS);
    }
  }

  #onExit(worker: PooledWorker, reason: string): void {
    if (!this.workers.includes(worker)) return;
    this.#delayStart(worker.isReady ? this.#crashDelayMs() : RESTART_DELAY_MS);
    this.#options.onCrash(worker, reason);
  }

  /** One crash costs nothing; a function that crashes its worker each time must not keep a processor busy. */
  #crashDelayMs(): number {
    const now = this.#options.now();
    this.#crashes = now - this.#lastCrashMs > CRASH_MEMORY_MS ? 1 : this.#crashes + 1;
    this.#lastCrashMs = now;
    if (this.#crashes === 1) return 0;
    return Math.min(RESTART_DELAY_MS, CRASH_DELAY_MS * 2 ** (this.#crashes - 2));
  }

  #delayStart(ms: number): void {
    this.#noStartBeforeMs = this.#options.now() + ms;
  }
}
