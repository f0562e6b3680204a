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

/** A sleep ends this much before the time that is meant, since whoever sleeps is woken late. */
const EARLY_MS = 0.3;

/** This machine's clock. The last part of a wait goes by in turns of the event loop, which are shorter than any sleep. */
export class MachineClock implements LoadClock {
  readonly now: () => number;
  readonly #waiting: Waiting;

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
    if (ms - now() > EARLY_MS) await sleepUntil(ms - EARLY_MS, signal);
    while (now() < ms && !signal?.aborted) await turn();
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
