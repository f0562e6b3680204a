import { assertEquals, assertThrows } from "@std/assert";
import { GUESTS } from "../../tests/guests/guests.ts";
import {
  deterministicSystem,
  INPUT,
  POOL_BUDGET,
  prepareGuest,
} from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { Isolate, type IsolateBudget } from "./isolate.ts";
import type { Outcome } from "./outcome.ts";

async function newIsolate(bytes: Promise<Uint8Array<ArrayBuffer>>): Promise<Isolate> {
  return new Isolate(await prepareGuest(await bytes), deterministicSystem());
}

function run(isolate: Isolate, bounds: Partial<IsolateBudget> = {}, handler = "_start") {
  return isolate.run(handler, INPUT, { ...POOL_BUDGET, ...bounds });
}

/** Outcomes of that many runs, one after another. */
function outcomes(isolate: Isolate, count: number): (Outcome | undefined)[] {
  return Array.from({ length: count }, () => run(isolate)?.outcome);
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

Deno.test("A memory that begins without pages begins so for every run", async () => {
  const isolate = await newIsolate(wat(`(module (memory (export "memory") 0)
    (func (export "_start")
      (if (memory.size) (then (unreachable)))
      (drop (memory.grow (i32.const 1)))
      (i32.store (i32.const 0) (i32.const 42))))`));
  const ok: Outcome = { kind: "ok" };
  assertEquals(outcomes(isolate, 3), [ok, ok, ok]);
});

Deno.test("A memory without pages that stays so does not cost the instance", async () => {
  const isolate = await newIsolate(wat(`(module (memory 0) (func (export "_start")))`));
  outcomes(isolate, 3);
  assertEquals(isolate.instancesCreated, 1);
});

Deno.test("Growing by no pages at all does not cost the instance", async () => {
  const isolate = await newIsolate(wat(`(module (memory 1) (memory 0)
    (func (export "_start")
      (if (i32.load (i32.const 8)) (then (unreachable)))
      (i32.store (i32.const 8) (i32.const 1))
      (drop (memory.grow 0 (i32.const 0))) (drop (memory.grow 1 (i32.const 0)))))`));
  const ok: Outcome = { kind: "ok" };
  assertEquals(outcomes(isolate, 3), [ok, ok, ok]);
  assertEquals(isolate.instancesCreated, 1);
});

Deno.test("A run tells output, fuel and pages", async () => {
  const result = run(await newIsolate(GUESTS.writeStderr()))!;
  assertEquals([text(result.stdout), text(result.stderr)], ["to stdout\n", "to stderr\n"]);
  assertEquals(result.fuel > 0 && result.memoryPages > 0, true);
});

Deno.test("Standard output over its limit ends the run; standard error keeps its beginning", async () => {
  const bounds = { stdoutBytes: 8, stderrBytes: 4 };
  const result = run(await newIsolate(GUESTS.writeStderr()), bounds)!;
  assertEquals(result.outcome, { kind: "output_too_large" });
  const roomy = run(await newIsolate(GUESTS.writeStderr()), { stderrBytes: 4 })!;
  assertEquals([text(roomy.stdout), text(roomy.stderr)], ["to stdout\n", "to s"]);
});

Deno.test("A run over its bounds of host calls or inline pages asks for promotion", async () => {
  assertEquals(run(await newIsolate(GUESTS.manyHostCalls()), { hostCalls: 100 }), undefined);
  assertEquals(run(await newIsolate(GUESTS.memoryBomb()), { inlinePages: 10 }), undefined);
});

Deno.test("A run past its deadline or cancelled ends at a host call", async () => {
  const isolate = await newIsolate(GUESTS.manyHostCalls());
  assertEquals(run(isolate, { deadlineMs: 4, fuel: 1e9 })?.outcome, { kind: "timeout" });
  const cancelled = run(isolate, { cancelled: () => true, fuel: 1e9 });
  assertEquals(cancelled?.outcome, { kind: "cancelled" });
});

Deno.test("Handlers take turns on one instance", async () => {
  const isolate = await newIsolate(GUESTS.reactor());
  const said = ["run", "other", "run"].map((name) => text(run(isolate, {}, name)?.stdout));
  assertEquals(said, ["run 1\n", "other 1\n", "run 1\n"]);
  assertEquals(isolate.instancesCreated, 1);
});

Deno.test("An export called _initialize that is no function is not called", async () => {
  const isolate = await newIsolate(
    wat(`(module (global (export "_initialize") i32 (i32.const 1)) (func (export "run")))`),
  );
  assertEquals(run(isolate, {}, "run")?.outcome, { kind: "ok" });
});

Deno.test("A fault of Skerry's own is thrown on, and the next run finds nothing of it", async () => {
  const isolate = await newIsolate(wat(`(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $ask (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (if (i32.load (i32.const 8)) (then (unreachable)))
      (i32.store (i32.const 8) (i32.const 1))
      (drop (call $ask (i32.const 0) (i32.const 4)))))`));
  const args = () => {
    throw new TypeError("oops");
  };
  assertThrows(() => isolate.run("_start", { ...INPUT, args }, POOL_BUDGET), TypeError, "oops");
  assertEquals(run(isolate)?.outcome, { kind: "ok" });
});

/** Instantiation fails with this while `during` runs. */
function withoutMemory(error: Error, during: () => void): void {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    constructor() {
      throw error;
    }
  } as unknown as typeof Instance;
  try {
    during();
  } finally {
    WebAssembly.Instance = Instance;
  }
}

Deno.test("An instance that cannot be made for want of memory is an outcome, and may work again", async () => {
  const isolate = await newIsolate(GUESTS.exit0());
  withoutMemory(new RangeError("no address space"), () => {
    assertEquals(run(isolate)?.outcome, {
      kind: "trapped",
      trap: "allocation_failed",
      message: "no address space",
    });
  });
  assertEquals(run(isolate)?.outcome, { kind: "ok" });
});

Deno.test("An instance that cannot be made for another reason is a fault of Skerry's own", async () => {
  const isolate = await newIsolate(GUESTS.exit0());
  withoutMemory(new WebAssembly.LinkError("no such import"), () => {
    assertThrows(() => run(isolate), WebAssembly.LinkError);
  });
});
