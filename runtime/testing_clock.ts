import type { Clock } from "./clock.ts";
import { yieldToEventLoop } from "./yield_to_event_loop.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  /** @param startMs What both of its times begin with. */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => this.#timers = this.#timers.filter((other) => other !== timer);
  }

  /** Timers that wait. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Lets time pass at once, running what falls due, in order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#runNext(endMs));
    this.#nowMs = endMs;
  }

  /** Lets time pass, with everybody's turn after each timer: what a timer leads to may set timers of its own. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    do await yieldToEventLoop(); while (this.#runNext(endMs));
    this.#nowMs = endMs;
  }

  /** Runs the timer that is due next, if one is by then. */
  #runNext(endMs: number): boolean {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= endMs);
    const next = due.sort((a, b) => a.dueMs - b.dueMs)[0];
    if (next === undefined) return false;
    this.#timers.splice(this.#timers.indexOf(next), 1);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
    return true;
  }
}
