import { yieldToEventLoop } from "../yield_to_event_loop.ts";

/** Changed functions prepared at once. */
const URGENT_AT_ONCE = 2;

/**
 * Prepares functions nobody waits for: first those whose files changed, a few at once; the rest one by one,
 * and only while nothing else is under way.
 */
export class PreparationQueue<T> {
  readonly #prepare: (item: T) => Promise<void>;
  readonly #urgent = new Set<T>();
  readonly #idle = new Set<T>();
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  /** @param prepare Prepares one item; must not reject. */
  constructor(prepare: (item: T) => Promise<void>) {
    this.#prepare = prepare;
  }

  /** Queues an item that serves, or would if it could. */
  addUrgent(item: T): void {
    this.#idle.delete(item);
    this.#urgent.add(item);
    this.#pump();
  }

  /** Queues an item that can wait. */
  addIdle(item: T): void {
    if (!this.#urgent.has(item)) this.#idle.add(item);
    this.#pump();
  }

  remove(item: T): void {
    this.#urgent.delete(item);
    this.#idle.delete(item);
  }

  /** Starts nothing more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#running);
  }

  #pump(): void {
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      this.remove(item);
      const run = this.#run(item).finally(() => {
        this.#running.delete(run);
        this.#pump();
      });
      this.#running.add(run);
    }
  }

  #next(): T | undefined {
    if (this.#isClosed || this.#running.size >= URGENT_AT_ONCE) return undefined;
    const [urgent] = this.#urgent;
    if (urgent !== undefined || this.#running.size > 0) return urgent;
    const [idle] = this.#idle;
    return idle;
  }

  async #run(item: T): Promise<void> {
    await yieldToEventLoop();
    await this.#prepare(item);
  }
}
