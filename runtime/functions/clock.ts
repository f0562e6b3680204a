import { setImmediate } from "node:timers/promises";

/** Time and timers, injected so that tests decide when time passes. */
export interface Clock {
  /** Milliseconds since the Unix epoch, to compare with files' times. Jumps when somebody sets the clock. */
  now(): number;
  /** Milliseconds since some moment, to measure how long something took. Never jumps. */
  monotonic(): number;
  /** Calls `callback` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's own clock. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds of `clock`. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** Resolves when everything else that is due has had its turn. */
export function yieldToEventLoop(): Promise<void> {
  return setImmediate();
}
