import { noteLate } from "./late.ts";
import { sleep } from "./system.ts";

interface Timer {
  readonly id: number;
  readonly callback: () => void;
  dueMs: number;
  /** Undefined if it goes off once. */
  readonly intervalMs: number | undefined;
}

/** In the order in which they are due. */
const timers: Timer[] = [];
let lastId = 0;

type Callback = (...args: unknown[]) => void;

export function setTimeout(callback: Callback, ms = 0, ...args: unknown[]): number {
  return start(callback, ms, { isRepeated: false, args });
}

export function setInterval(callback: Callback, ms = 0, ...args: unknown[]): number {
  return start(callback, ms, { isRepeated: true, args });
}

export function clearTimeout(id?: number): void {
  const at = timers.findIndex((each) => each.id === id);
  if (at !== -1) timers.splice(at, 1);
}

/** Waits for the next timer and runs it; false if there is none. */
export function runTimer(): boolean {
  const timer = timers.shift();
  if (timer === undefined) return false;
  const waitMs = timer.dueMs - Date.now();
  if (waitMs > 0) sleep(waitMs);
  if (timer.intervalMs !== undefined) {
    timer.dueMs = Math.max(timer.dueMs, Date.now()) + timer.intervalMs;
    insert(timer);
  }
  timer.callback();
  return true;
}

function start(
  callback: Callback,
  ms: number,
  { isRepeated, args }: { isRepeated: boolean; args: unknown[] },
): number {
  if (typeof callback !== "function") throw new TypeError("A timer calls a function");
  // What a timer waits for is part of a request, not of what all requests begin with.
  noteLate();
  const delayMs = Math.max(Math.trunc(Number(ms)) || 0, isRepeated ? 1 : 0);
  const timer = {
    id: ++lastId,
    callback: () => callback(...args),
    dueMs: Date.now() + delayMs,
    intervalMs: isRepeated ? delayMs : undefined,
  };
  insert(timer);
  return timer.id;
}

function insert(timer: Timer): void {
  const at = timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
  timers.splice(at === -1 ? timers.length : at, 0, timer);
}
