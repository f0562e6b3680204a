import { setImmediate } from "node:timers/promises";

/** Resolves when everything else that is due has had its turn. */
export function yieldToEventLoop(): Promise<void> {
  return setImmediate();
}
