import { assertEquals } from "@std/assert";
import { checkLocks } from "./check_locks.ts";
import { checkLogs } from "./check_logs.ts";
import type { History, Violation } from "./history.ts";

/** Every rule of locks and logs that a history breaks. */
export function checkHistory(history: History): Violation[] {
  return [...checkLocks(history), ...checkLogs(history)];
}

/** Fails if a history breaks a rule, or shows too little to tell. */
export function assertRight(history: History, atLeast: { readonly records: number }): void {
  const violations = checkHistory(history);
  const shown = violations.slice(0, 5).map(({ rule, detail }) => `${rule}:\n    ${detail}`);
  assertEquals(violations.length, 0, shown.join("\n"));
  if (history.records.length >= atLeast.records) return;
  throw new Error(`Expected ${atLeast.records} records at least, got ${history.records.length}`);
}
