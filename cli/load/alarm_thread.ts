import type { ThreadPort } from "../../runtime/platform/platform.ts";

/** What an alarm and its thread share: integers of 32 bits, by their places. */
export const CELLS = {
  /** How often the alarm was set. */
  set: 0,
  /** Microseconds from then to the ring. */
  delayUs: 1,
  /** How often it rang; the first time says that the thread is there. */
  rang: 2,
} as const;

/** Bytes of all of them. */
export const CELL_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;

/**
 * The thread of an alarm: sleeps for as long as it is told, and rings. A thread that blocks is woken about 0.1 ms late, where
 * timers of an event loop are 1 or 2 ms late; see RATIONALE.md, "How does the load injector keep its times?".
 */
export function serveAlarm(port: ThreadPort): void {
  port.onMessage((buffer) => serve(new Int32Array(buffer as SharedArrayBuffer)));
}

function serve(cells: Int32Array): never {
  ring(cells);
  for (let setBefore = 0;;) {
    const set = Atomics.load(cells, CELLS.set);
    if (set === setBefore) Atomics.wait(cells, CELLS.set, set);
    else {
      const delayMs = Atomics.load(cells, CELLS.delayUs) / 1000;
      if (Atomics.wait(cells, CELLS.set, set, delayMs) !== "timed-out") continue;
      ring(cells);
      setBefore = set;
    }
  }
}

function ring(cells: Int32Array): void {
  Atomics.add(cells, CELLS.rang, 1);
  Atomics.notify(cells, CELLS.rang);
}
