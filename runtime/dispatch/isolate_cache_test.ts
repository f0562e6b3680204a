import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import {
  deterministicSystem,
  INPUT,
  POOL_BUDGET,
  prepareGuest,
} from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { IsolateCache } from "./isolate_cache.ts";

const ROOMY = { isolates: 100, memories: 100, memoryPages: 10_000 };

function prepare(memories = "(memory 4)") {
  return wat(`(module ${memories} (func (export "_start")))`).then((bytes) => prepareGuest(bytes));
}

/** A cache whose targets are named by their modules' numbers. */
function newCache(bounds: Partial<typeof ROOMY>) {
  const cache = new IsolateCache<number>(deterministicSystem(), { ...ROOMY, ...bounds });
  const get = (module: PreparedModule) => cache.get(module.id, { prepared: module });
  return { get, forget: (id: number) => cache.forget(id), cache };
}

/** Which of these modules the cache still knows; asking makes those it does not anew. */
async function fill(
  cache: ReturnType<typeof newCache>,
  count: number,
  memories?: string,
): Promise<boolean[]> {
  const modules = await Promise.all(Array.from({ length: count }, () => prepare(memories)));
  const isolates = modules.map((module) => {
    const isolate = cache.get(module);
    isolate.run("_start", INPUT, POOL_BUDGET);
    return isolate;
  });
  return isolates.map((isolate, i) => cache.get(modules[i]!) === isolate);
}

Deno.test("A module has one isolate, however often it is asked for and between which others", async () => {
  const cache = newCache({});
  const [a, b] = [await prepare(), await prepare()];
  const isolate = cache.get(a);
  assertStrictEquals(cache.get(a), isolate);
  assertNotStrictEquals(cache.get(b), isolate);
  assertStrictEquals(cache.get(a), isolate);
});

Deno.test("The least recently used isolate makes room at the limit, and not before", async () => {
  const cache = newCache({ isolates: 2 });
  const [a, b, c] = [await prepare(), await prepare(), await prepare()];
  const [first, second] = [cache.get(a), cache.get(b)];
  assertStrictEquals(cache.get(a), first);
  cache.get(c);
  assertStrictEquals(cache.get(a), first);
  assertNotStrictEquals(cache.get(b), second);
});

Deno.test("Memories are counted over all isolates: each takes its share of the address space", async () => {
  const three = "(memory 1) (memory 1) (memory 1)";
  assertEquals(await fill(newCache({ memories: 6 }), 2, three), [true, true]);
  assertEquals((await fill(newCache({ memories: 5 }), 2, three))[0], false);
});

Deno.test("Idle pages are counted over all isolates", async () => {
  // What is about to be made is not counted yet: its memory does not exist.
  assertEquals(await fill(newCache({ memoryPages: 8 }), 3), [true, true, true]);
  assertEquals((await fill(newCache({ memoryPages: 7 }), 3))[0], false);
});

Deno.test("A module larger than every bound still gets its isolate", async () => {
  const cache = newCache({ isolates: 1, memories: 1, memoryPages: 1 });
  assertEquals(await fill(cache, 1, "(memory 4) (memory 4)"), [true]);
});

Deno.test("Two targets of one module have an isolate each", async () => {
  const { cache } = newCache({});
  const module = await prepare();
  const [one, other] = [cache.get(1, { prepared: module }), cache.get(2, { prepared: module })];
  assertNotStrictEquals(one, other);
  cache.forget(1);
  assertStrictEquals(cache.get(2, { prepared: module }), other);
});

Deno.test("A forgotten module is made anew, also when it was the last one asked for", async () => {
  const cache = newCache({});
  const module = await prepare();
  const isolate = cache.get(module);
  cache.forget(module.id);
  cache.forget(-5);
  assertNotStrictEquals(cache.get(module), isolate);
});
