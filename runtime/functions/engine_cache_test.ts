import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { valueOf } from "../../tests/support/results.ts";
import { skerryError } from "../errors.ts";
import { err, ok } from "../result.ts";
import { EngineCache, type LoadEngine } from "./engine_cache.ts";
import { FakePrepare } from "./testing.ts";

/** Loads the engine's name as its module, and counts. */
function loader() {
  const loaded: string[] = [];
  const load: LoadEngine = (engine) => {
    loaded.push(engine);
    return Promise.resolve(ok(new TextEncoder().encode(engine)));
  };
  return { loaded, load };
}

Deno.test("an engine is prepared once for each memory limit, also by callers at once", async () => {
  const { loaded, load } = loader();
  const fake = new FakePrepare();
  const cache = new EngineCache(load, fake.prepare);
  const [a, b, other] = await Promise.all([
    cache.get("python", 100),
    cache.get("python", 100),
    cache.get("python", 200),
  ]);
  assertStrictEquals(a, b);
  const [engine, small] = [valueOf(a), valueOf(other)];
  assertEquals(engine.hash, small.hash);
  assertNotEquals(engine.prepared.id, small.prepared.id);
  assertStrictEquals(await cache.get("python", 100), a);
  assertEquals([loaded.length, fake.memoryPages.sort()], [2, [100, 200]]);
});

Deno.test("an engine that could not be had is tried again by the next who asks", async () => {
  const { load } = loader();
  let isMissing = true;
  const missing = err(skerryError("toolchain_missing", "Cannot load quickjs: it is not installed"));
  const cache = new EngineCache(
    (engine) => isMissing ? Promise.resolve(missing) : load(engine),
    new FakePrepare().prepare,
  );
  const both = await Promise.all([cache.get("quickjs", 1), cache.get("quickjs", 1)]);
  assertEquals(both, [missing, missing]);
  isMissing = false;
  assert((await cache.get("quickjs", 1)).ok);
});

Deno.test("a load that throws fails who waits for it, and nobody after", async () => {
  const { load } = loader();
  let isBroken = true;
  const cache = new EngineCache(
    (engine) => isBroken ? Promise.reject(new Error("torn")) : load(engine),
    new FakePrepare().prepare,
  );
  const failure = await cache.get("php", 1).then(() => "loaded", (error: Error) => error.message);
  assertEquals(failure, "torn");
  isBroken = false;
  assert((await cache.get("php", 1)).ok);
});

Deno.test("of many limits the least recently used engine is let go", async () => {
  const { loaded, load } = loader();
  const cache = new EngineCache(load, new FakePrepare().prepare);
  for (let pages = 1; pages <= 16; pages++) await cache.get("python", pages);
  await cache.get("python", 1);
  await cache.get("python", 17);
  assertEquals(loaded.length, 17);
  await cache.get("python", 1);
  assertEquals(loaded.length, 17);
  await cache.get("python", 2);
  assertEquals(loaded.length, 18);
});

Deno.test("the loader keeps the bytes it gave", async () => {
  const bytes = new TextEncoder().encode("engine");
  const cache = new EngineCache(() => Promise.resolve(ok(bytes)), new FakePrepare().prepare);
  await cache.get("python", 1);
  assertEquals(new TextDecoder().decode(bytes), "engine");
});
