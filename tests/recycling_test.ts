import { assert, assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { chooseHandler } from "../runtime/isolate/handler_choice.ts";
import { Isolate } from "../runtime/isolate/isolate.ts";
import type { PreparedModule } from "../runtime/isolate/prepared_module.ts";
import { GUESTS } from "./guests/guests.ts";
import { deterministicSystem, INPUT, POOL_BUDGET, prepareGuest } from "./support/engine.ts";

/** Everything a run shows to the outside, fuel to the unit included. */
function show(isolate: Isolate, prepared: PreparedModule): unknown {
  const handler = chooseHandler(prepared.info, undefined, "guest");
  if (!handler.ok) throw new Error(handler.error.message);
  const result = isolate.run(handler.value, INPUT, POOL_BUDGET)!;
  const decoder = new TextDecoder("latin1");
  return {
    ...result,
    stdout: decoder.decode(result.stdout),
    stderr: decoder.decode(result.stderr),
  };
}

/** All but those that are refused before they run, that wait, or whose end depends on the stack's depth. */
async function runnableGuests(): Promise<[string, PreparedModule][]> {
  const runnable: [string, PreparedModule][] = [];
  for (const [name, build] of Object.entries(GUESTS)) {
    if (/recursion|stackoverflow|sleep/i.test(name)) continue;
    const prepared = await prepareGuest(await build()).catch(() => undefined);
    if (prepared === undefined) continue;
    if (chooseHandler(prepared.info, undefined, name).ok) runnable.push([name, prepared]);
  }
  return runnable;
}

Deno.test("A run in a recycled instance is the same as one in a fresh instance, for every guest", async () => {
  const guests = await runnableGuests();
  assert(guests.length > 60, `only ${guests.length} guests can run`);
  for (const [name, prepared] of guests) {
    const fresh = show(new Isolate(prepared, deterministicSystem()), prepared);
    const isolate = new Isolate(prepared, deterministicSystem());
    for (let run = 0; run < 4; run++) {
      assertEquals(show(isolate, prepared), fresh, `${name}, run ${run}`);
    }
  }
});

Deno.test("Instances are really recycled: the samples never need a second one", async () => {
  for (const name of ["hello", "echo", "visits", "json", "primes", "greet/[name]"]) {
    const file = new URL(`../functions/${name}.wasm`, import.meta.url);
    const prepared = await prepareGuest(new Uint8Array(await readFile(file)));
    const isolate = new Isolate(prepared, deterministicSystem());
    for (let run = 0; run < 10; run++) show(isolate, prepared);
    assertEquals([name, isolate.instancesCreated], [name, 1]);
  }
});

for (
  const name of [
    "growingStateProbe",
    "mutateTable",
    "growTable",
    "dropDataSegment",
    "countInGcObject",
  ] as const
) {
  Deno.test(`An instance that cannot be put back is dropped: ${name}`, async () => {
    const prepared = await prepareGuest(await GUESTS[name]());
    const isolate = new Isolate(prepared, deterministicSystem());
    for (let run = 0; run < 3; run++) show(isolate, prepared);
    assertEquals(isolate.instancesCreated, 3);
  });
}

Deno.test("A run that was promoted leaves nothing behind", async () => {
  const prepared = await prepareGuest(await GUESTS.stateProbe());
  const fresh = show(new Isolate(prepared, deterministicSystem()), prepared);
  const isolate = new Isolate(prepared, deterministicSystem());
  for (const fuel of [1, 10, 100, 1000, 10_000, 100_000]) {
    isolate.run("_start", INPUT, { ...POOL_BUDGET, fuel });
    isolate.run("_start", INPUT, { ...POOL_BUDGET, hostCalls: 1 });
    assertEquals(show(isolate, prepared), fresh, `after a run with ${fuel} fuel`);
  }
});
