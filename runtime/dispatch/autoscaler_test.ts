import { assertEquals } from "@std/assert";
import { Autoscaler, type PoolSample } from "./autoscaler.ts";

/** A pool of one to four workers that obeys at once. */
function setUp() {
  const autoscaler = new Autoscaler({ minWorkers: 1, maxWorkers: 4 });
  let nowMs = 0;
  let workers = 1;
  return {
    setBounds: (minWorkers: number, maxWorkers: number) => {
      autoscaler.setBounds({ minWorkers, maxWorkers });
    },
    /** What there should be after so long in such a state. */
    after(ms: number, sample: Partial<PoolSample> = {}): number {
      nowMs += ms;
      const state = { nowMs, workers, starting: 0, queueWaitMs: 0, busy: 0, ...sample };
      workers = autoscaler.decide(state);
      return workers;
    },
  };
}

Deno.test("A job that waits brings one worker at a time, up to the most there may be", () => {
  const { after } = setUp();
  assertEquals(after(25, { queueWaitMs: 9 }), 1);
  assertEquals(after(25, { queueWaitMs: 30 }), 2);
  assertEquals(after(25, { queueWaitMs: 55, starting: 1 }), 2);
  assertEquals([1, 2, 3].map(() => after(25, { queueWaitMs: 60 })), [3, 4, 4]);
});

Deno.test("Workers that are busy nearly all the time get help, however short jobs wait", () => {
  const { after } = setUp();
  assertEquals(after(500, { queueWaitMs: 0.2, busy: 0.7 }), 1);
  assertEquals(after(500, { queueWaitMs: 0, busy: 0.9 }), 1);
  assertEquals(after(500, { queueWaitMs: 0.2, busy: 0.9 }), 2);
});

Deno.test("A calm that lasts ends one worker after another, down to the fewest there may be", () => {
  const { after } = setUp();
  for (let i = 0; i < 3; i++) after(25, { queueWaitMs: 20 });
  assertEquals(after(1000), 4);
  assertEquals(after(9000), 4);
  assertEquals(after(1000), 3);
  assertEquals(after(1000), 3);
  assertEquals([2000, 2000, 2000].map((ms) => after(ms)), [2, 1, 1]);
});

Deno.test("A calm that is broken begins anew", () => {
  const { after } = setUp();
  after(25, { queueWaitMs: 20 });
  after(1000);
  after(8000, { busy: 0.9 });
  after(1000);
  assertEquals(after(9000), 2);
  assertEquals(after(1000), 1);
});

Deno.test("Work that needs both workers keeps both; work that one could do does not", () => {
  const busy = setUp();
  busy.after(25, { queueWaitMs: 20 });
  for (let i = 0; i < 30; i++) assertEquals(busy.after(1000, { busy: 0.3 }), 2);
  const light = setUp();
  light.after(25, { queueWaitMs: 20 });
  for (let i = 0; i < 10; i++) light.after(1000, { busy: 0.2 });
  assertEquals(light.after(1000, { busy: 0.2 }), 1);
});

Deno.test("Fewer workers than the least there may be are made up at once", () => {
  const { after } = setUp();
  assertEquals(after(25, { workers: 0 }), 1);
});

Deno.test("New bounds are reached step by step", () => {
  const { after, setBounds } = setUp();
  setBounds(3, 4);
  assertEquals(after(25), 3);
  setBounds(1, 1);
  assertEquals([after(25, { queueWaitMs: 50 }), after(25)], [2, 1]);
});
