import { assertEquals } from "@std/assert";
import { type GuestName, GUESTS } from "../../tests/guests/guests.ts";
import { deterministicSystem, INPUT, prepareGuest } from "../../tests/support/engine.ts";
import { DEFAULT_LIMITS, type Limits } from "../isolate/limits.ts";
import { DEFAULT_INLINE_BOUNDS, FastPath } from "./fast_path.ts";
import type { RunTarget } from "./job.ts";

const SYSTEM = deterministicSystem();

async function setUp(guest: GuestName, limits: Partial<Limits> = {}) {
  const prepared = await prepareGuest(await GUESTS[guest]());
  const target: RunTarget = {
    prepared,
    handler: "_start",
    limits: { ...DEFAULT_LIMITS, ...limits },
    inlineScore: 0,
  };
  const fastPath = new FastPath(SYSTEM);
  return { target, run: (input = INPUT) => fastPath.run({ target, input }) };
}

Deno.test("A short run is finished inline", async () => {
  const { run } = await setUp("exit0");
  const result = run();
  assertEquals(result?.outcome, { kind: "ok" });
  assertEquals(new TextDecoder().decode(result?.stdout), "before\n");
});

Deno.test("A short run that fails is finished inline too", async () => {
  assertEquals((await setUp("exit3")).run()?.outcome, { kind: "exited", exitCode: 3 });
  assertEquals((await setUp("divideByZero")).run()?.outcome.kind, "trapped");
});

for (
  const [what, guest] of [
    ["out of inline fuel", "endlessLoop"],
    ["making many host calls", "manyHostCalls"],
    ["about to sleep", "sleepBriefly"],
    ["growing its memory far", "memoryBomb"],
    ["writing much", "outputFlood"],
    ["swallowing what stops it", "swallowSleepLegacy"],
  ] as const
) {
  Deno.test(`A run that is ${what} is handed back`, async () => {
    assertEquals((await setUp(guest)).run(), undefined);
  });
}

Deno.test("A run out of its own fuel, which is less than the inline budget, is answered inline", async () => {
  const { run } = await setUp("endlessLoop", { fuel: 1000 });
  assertEquals(run()?.outcome, { kind: "fuel_exhausted" });
});

Deno.test("A run over its own output limit, which is less than the inline one, is answered inline", async () => {
  const { run } = await setUp("outputFlood", { stdoutBytes: 100_000 });
  assertEquals(run()?.outcome, { kind: "output_too_large" });
});

Deno.test("A large body goes to the pool", async () => {
  const { run } = await setUp("exit0");
  const stdin = new Uint8Array(DEFAULT_INLINE_BOUNDS.ioBytes + 1);
  assertEquals(run({ ...INPUT, stdin }), undefined);
});

Deno.test("A function that keeps being handed back is tried inline only now and then", async () => {
  const { target, run } = await setUp("sleepBriefly");
  for (let i = 0; i < 3; i++) run();
  let tries = 0;
  Object.defineProperty(target, "handler", {
    get() {
      tries++;
      return "_start";
    },
  });
  for (let i = 0; i < 640; i++) run();
  // The handler is read once a call, and once more by a try.
  assertEquals(tries >= 640, true);
  assertEquals(target.inlineScore > 640, true);
});

Deno.test("Without fuel the fast path is off", async () => {
  const { target } = await setUp("exit0");
  const off = new FastPath(SYSTEM, { ...DEFAULT_INLINE_BOUNDS, fuel: 0 });
  assertEquals(off.run({ target, input: INPUT }), undefined);
});
