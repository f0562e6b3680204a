/** Time and timers. Whatever measures or waits takes them from outside, so that tests decide when time passes. */
export interface Clock {
  /** Milliseconds since 1970, to compare with files' times and to show. Jumps when somebody sets the machine's clock. */
  wallMs(): number;
  /** Milliseconds since some moment, to measure with. Never goes back, whoever sets the machine's clock. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`, unless the function it returns is called before. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clock. */
export const SYSTEM_CLOCK: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds of `clock`. */
export function delay(clock: Pick<Clock, "after">, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
