import type { WorkerThread } from "../../runtime/platform/platform.ts";
import { CELL_BYTES, CELLS } from "./alarm_thread.ts";

/** A ring too early is followed by another one, so this is no limit. */
const MAX_DELAY_US = 1_000_000_000;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Wakes those who wait for a time, by a thread of its own that sleeps until then. */
export class Alarm {
  readonly #thread: WorkerThread;
  readonly #cells = new Int32Array(new SharedArrayBuffer(CELL_BYTES));
  /** By their times. */
  readonly #sleepers: Sleeper[] = [];
  #isThreadThere = true;

  private constructor(thread: WorkerThread) {
    this.#thread = thread;
  }

  /** Resolves once the thread is there. */
  static async open(thread: WorkerThread): Promise<Alarm> {
    const alarm = new Alarm(thread);
    const isThere = Promise.withResolvers<void>();
    thread.onExit(() => {
      alarm.#lose();
      isThere.resolve();
    });
    thread.post(alarm.#cells.buffer, []);
    void alarm.#listen(isThere.resolve);
    await isThere.promise;
    return alarm;
  }

  /** Resolves about then, by the clock of `performance.now()`, or when `signal` aborts; at once if the thread is gone. */
  at(atMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isThreadThere || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      signal?.addEventListener("abort", wake);
      const before = this.#sleepers.findLastIndex((sleeper) => sleeper.atMs <= atMs);
      this.#sleepers.splice(before + 1, 0, { atMs, wake });
      if (before === -1) this.#set(atMs);
    });
  }

  /** Ends the thread; who still waits is woken. */
  close(): void {
    this.#thread.terminate();
    this.#lose();
  }

  async #listen(onThere: () => void): Promise<void> {
    for (let rang = 0; this.#isThreadThere;) {
      const next = Atomics.waitAsync(this.#cells, CELLS.rang, rang);
      if (next.async) await next.value;
      rang = Atomics.load(this.#cells, CELLS.rang);
      onThere();
      this.#wake(performance.now());
    }
  }

  #wake(nowMs: number): void {
    while (this.#sleepers[0] !== undefined && this.#sleepers[0].atMs <= nowMs) {
      this.#sleepers.shift()!.wake();
    }
    if (this.#sleepers[0] !== undefined) this.#set(this.#sleepers[0].atMs);
  }

  #set(atMs: number): void {
    const delayUs = Math.max(0, (atMs - performance.now()) * 1000);
    Atomics.store(this.#cells, CELLS.delayUs, Math.min(MAX_DELAY_US, Math.ceil(delayUs)));
    Atomics.add(this.#cells, CELLS.set, 1);
    Atomics.notify(this.#cells, CELLS.set);
  }

  #lose(): void {
    this.#isThreadThere = false;
    Atomics.notify(this.#cells, CELLS.rang);
    for (const { wake } of this.#sleepers.splice(0)) wake();
  }
}
