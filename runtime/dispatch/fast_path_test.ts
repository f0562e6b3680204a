import { assertEquals } from "@std/assert";
import { type GuestName, GUESTS } from "../../tests/guests/guests.ts";
import { deterministicSystem, INPUT, prepareGuest } from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { DEFAULT_LIMITS, type Limits } from "../isolate/limits.ts";
import { DEFAULT_INLINE_BOUNDS, FastPath } from "./fast_path.ts";
import type { RunTarget } from "./job.ts";

/** A clock that the test moves, by so much at each look. */
const SYSTEM = deterministicSystem();
let msPerLook = 0;
let nowMs = 0;
const clock = { ...SYSTEM.clock, nowMs: () => nowMs += msPerLook };

async function setUp(guest: GuestName, limits: Partial<Limits> = {}) {
  return await setUpModule(await GUESTS[guest](), limits);
}

async function setUpModule(bytes: Uint8Array<ArrayBuffer>, limits: Partial<Limits> = {}) {
  const prepared = await prepareGuest(bytes);
  const target: RunTarget = {
    prepared,
    handler: "_start",
    limits: { ...DEFAULT_LIMITS, ...limits },
    inlineScore: 0,
  };
  const fastPath = new FastPath({ ...SYSTEM, clock });
  return { target, fastPath, run: (input = INPUT) => fastPath.run({ target, input }) };
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
    ["out of this thread's stack", "endlessRecursion"],
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

Deno.test("A function that keeps being handed back is not tried for 64 runs, then once", async () => {
  const { run } = await setUpModule(
    await wat(`(module
      (import "wasi_snapshot_preview1" "environ_sizes_get"
        (func $ask (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $ask (i32.const 0) (i32.const 4)))
        (loop $again (br $again))))`),
  );
  const tried: number[] = [];
  for (let i = 0; i < 3 + 64 + 1 + 64 + 1; i++) {
    run({ ...INPUT, environ: () => (tried.push(i), INPUT.environ()) });
  }
  assertEquals(tried, [0, 1, 2, 67, 132]);
});

Deno.test("A run that is quick again wipes out what came before", async () => {
  const { target, run } = await setUp("exit0");
  target.inlineScore = 2;
  run();
  assertEquals(target.inlineScore, 0);
});

Deno.test("Runs that hold the thread are answered, and suspended in proportion to their time", async () => {
  const { target, run } = await setUp("exit0");
  try {
    msPerLook = 50;
    assertEquals(run()?.outcome, { kind: "ok" });
    assertEquals(target.inlineScore, 0, "the first run may take its time");
    msPerLook = 5;
    for (let i = 0; i < 3; i++) assertEquals(run()?.outcome, { kind: "ok" });
  } finally {
    msPerLook = 0;
  }
  assertEquals(target.inlineScore <= -64 * 5, true);
  const left = -target.inlineScore;
  for (let i = 0; i < left; i++) assertEquals(run(), undefined);
  assertEquals(run()?.outcome, { kind: "ok" });
});

Deno.test("A slow run now and then, as on a busy machine, changes nothing", async () => {
  const { target, run } = await setUp("exit0");
  run();
  for (let i = 0; i < 10; i++) {
    msPerLook = i % 2 === 0 ? 5 : 0;
    assertEquals(run()?.outcome, { kind: "ok" });
  }
  msPerLook = 0;
  assertEquals(target.inlineScore, 0);
});

Deno.test("A module too large to compile on this thread goes to the pool", async () => {
  const nops = (count: number) => `(func ${"(nop)".repeat(count)})`;
  const largeFunction = await wat(`(module (func (export "_start")) ${nops(129 * 1024)})`);
  assertEquals((await setUpModule(largeFunction)).run(), undefined);
  const muchCode = await wat(`(module (func (export "_start")) ${nops(65 * 1024).repeat(8)})`);
  assertEquals((await setUpModule(muchCode)).run(), undefined);
  const enough = await wat(`(module (func (export "_start")) ${nops(127 * 1024).repeat(4)})`);
  assertEquals((await setUpModule(enough)).run()?.outcome, { kind: "ok" });
});

Deno.test("A module with more memory from the start than a run may grow to goes to the pool", async () => {
  const withPages = (pages: number) =>
    wat(`(module (memory ${pages}) (memory 32) (func (export "_start")))`);
  assertEquals((await setUpModule(await withPages(33))).run(), undefined);
  assertEquals((await setUpModule(await withPages(32))).run()?.outcome, { kind: "ok" });
});

Deno.test("An engine's size keeps it in the pool only for its first runs, whatever functions they are of", async () => {
  const engine = await wat(
    `(module (func (export "_start")) (func ${"(nop)".repeat(129 * 1024)}))`,
  );
  const { target, fastPath } = await setUpModule(engine);
  const functions = [target, target].map((each) => ({ ...each, isEngine: true }));
  const run = (i: number) => fastPath.run({ target: functions[i % 2]!, input: INPUT });
  for (let i = 0; i < 16; i++) assertEquals(run(i), undefined);
  for (let i = 0; i < 2; i++) assertEquals(run(i)?.outcome, { kind: "ok" });
});

Deno.test("A snapshot with more memory than a run may grow to goes to the pool", async () => {
  const { target, fastPath } = await setUpModule(
    await wat(`(module (memory 1) (func (export "_start")))`),
  );
  const isInline = (memoryPages: number) => {
    const program = { args: [], files: {}, snapshot: { memoryPages, extents: [] } };
    return fastPath.run({ target: { ...target, program }, input: INPUT }) !== undefined;
  };
  assertEquals([isInline(64), isInline(65)], [true, false]);
});

Deno.test("A version that was let go can still run", async () => {
  const { target, fastPath, run } = await setUp("exit0");
  run();
  fastPath.forget(target);
  assertEquals(run()?.outcome, { kind: "ok" });
});

Deno.test("Without fuel the fast path is off", async () => {
  const { target } = await setUp("exit0");
  const off = new FastPath(SYSTEM, { ...DEFAULT_INLINE_BOUNDS, fuel: 0 });
  assertEquals(off.run({ target, input: INPUT }), undefined);
});
