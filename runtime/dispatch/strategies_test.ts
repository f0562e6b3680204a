import { assertEquals } from "@std/assert";
import { isStrategyName, STRATEGIES, type WorkerState } from "./strategies.ts";

function worker(id: number, state: Partial<WorkerState> = {}): WorkerState {
  return { id, inFlight: 0, backlogMs: 0, busy: 0, score: 0, ...state };
}

const THREE = [worker(2), worker(5), worker(7)];

Deno.test("rr takes the next in turn, and begins again after the last", () => {
  const chosen = [0, 2, 5, 7, 6].map((lastId) => STRATEGIES.rr(THREE, lastId).id);
  assertEquals(chosen, [2, 5, 7, 2, 7]);
});

Deno.test("fifo takes the first that is free, always", () => {
  assertEquals([0, 2, 7].map((lastId) => STRATEGIES.fifo(THREE, lastId).id), [2, 2, 2]);
});

Deno.test("least takes the one with least to do, of idle ones the least busy of late", () => {
  const { least } = STRATEGIES;
  const late = [
    worker(1, { inFlight: 1, backlogMs: 0.4 }),
    worker(2, { inFlight: 3, backlogMs: 0.1 }),
  ];
  assertEquals(least(late, 0).id, 2);
  assertEquals(least([worker(1, { busy: 0.7 }), worker(2, { busy: 0.2 })], 0).id, 2);
  assertEquals(least([worker(1, { inFlight: 1 }), worker(2, { busy: 0.9 })], 0).id, 2);
});

Deno.test("score takes the one with the lowest score, of equals the first", () => {
  const { score } = STRATEGIES;
  assertEquals(score([worker(1, { score: 0.5 }), worker(2, { score: 0.2 })], 0).id, 2);
  assertEquals(score(THREE, 5).id, 2);
});

Deno.test("Only the four names are strategies", () => {
  assertEquals(["rr", "fifo", "least", "score"].every(isStrategyName), true);
  assertEquals(["", "RR", "toString"].some(isStrategyName), false);
});
