import { assertAlmostEquals, assertEquals } from "@std/assert";
import { DEFAULT_FORMULA, WorkerLoad } from "./worker_load.ts";

const NO_RESETS = { recycled: 0, dropped: 0 };
const MB = 1024 * 1024;
const UNSMOOTHED = { ...DEFAULT_FORMULA, smoothing: 0 };

Deno.test("The score is half processor, three tenths memory and two tenths traffic", () => {
  const load = new WorkerLoad();
  load.receive({ cpuMs: 1000, memoryBytes: 0, resets: NO_RESETS });
  load.endPeriod(500, 0, UNSMOOTHED);
  load.receive({ cpuMs: 1200, memoryBytes: 256 * MB, resets: NO_RESETS });
  load.add(500, 8 * MB, 8 * MB);
  load.endPeriod(500, 0, UNSMOOTHED);
  assertAlmostEquals(load.score, 0.5 * 0.4 + 0.3 * 0.5 + 0.2 * 0.5);
  assertEquals([load.cpu, load.busy, load.inBytesPerSecond], [0.4, 1, 16 * MB]);
});

Deno.test("Seven tenths of the old value stay at each period", () => {
  const load = new WorkerLoad();
  load.add(500, 0, 0);
  load.endPeriod(500, 0, DEFAULT_FORMULA);
  assertAlmostEquals(load.busy, 0.3);
  load.endPeriod(500, 0, DEFAULT_FORMULA);
  assertAlmostEquals(load.busy, 0.21);
});

Deno.test("A worker in a long run cannot answer and counts as busy", () => {
  const load = new WorkerLoad();
  load.endPeriod(500, 500, UNSMOOTHED);
  assertEquals([load.busy, load.cpu], [1, 1]);
});

Deno.test("No part counts for more than full", () => {
  const load = new WorkerLoad();
  load.receive({ cpuMs: undefined, memoryBytes: 10_000 * MB, resets: NO_RESETS });
  load.add(9000, 10_000 * MB, 0);
  load.endPeriod(500, 500, UNSMOOTHED);
  assertAlmostEquals(load.score, 1);
});
