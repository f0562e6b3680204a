import { setImmediate } from "node:timers";
import type { LoadClock } from "./run_load.ts";

/** What a {@linkcode MachineClock} waits by. */
export interface Waiting {
  readonly now: () => number;
  /** Resolves at about this time, or when `signal` aborts; costs nothing meanwhile. */
  readonly sleepUntil: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Resolves after a turn of the event loop. */
  readonly turn: () => Promise<void>;
}

/** How early a sleep ends, since whoever sleeps is woken late: at first, at least and at most. */
const EARLY_MS = { first: 0.3, min: 0.1, max: 0.5 };
/** A sleep that ended too late makes later ones end sooner, the others take that back: in balance, one in five is too late. */
const LATER_MS = 0.005;
const SOONER_MS = 4 * LATER_MS;

/**
 * This machine's clock. The last part of a wait goes by in turns of the event loop, which are shorter than any sleep; how long
 * a part that has to be is learnt from how late sleeps end.
 */
export class MachineClock implements LoadClock {
  readonly now: () => number;
  readonly #waiting: Waiting;
  #earlyMs = EARLY_MS.first;

  constructor(
    sleepUntil: Waiting["sleepUntil"],
    { now, turn }: Omit<Waiting, "sleepUntil"> = {
      now: () => performance.now(),
      turn: eventLoopTurn,
    },
  ) {
    this.now = now;
    this.#waiting = { now, turn, sleepUntil };
  }

  async until(ms: number, signal?: AbortSignal): Promise<void> {
    const { now, sleepUntil, turn } = this.#waiting;
    if (ms - now() > this.#earlyMs) {
      const wakeMs = ms - this.#earlyMs;
      await sleepUntil(wakeMs, signal);
      this.#learn(now() - wakeMs);
    }
    while (now() < ms && !signal?.aborted) await turn();
  }

  #learn(lateMs: number): void {
    const earlyMs = this.#earlyMs + (lateMs > this.#earlyMs ? SOONER_MS : -LATER_MS);
    this.#earlyMs = Math.min(EARLY_MS.max, Math.max(EARLY_MS.min, earlyMs));
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
