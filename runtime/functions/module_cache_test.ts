import { assertEquals } from "@std/assert";
import { type CachedModule, ModuleCache } from "./module_cache.ts";

class Item implements CachedModule {
  lastUsed = 0;
  isWanted = true;
  isEvictable = true;
  isLoaded = true;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  unload(): void {
    this.isLoaded = false;
  }
}

function makeItems(names: string): Item[] {
  return [...names].map((name) => new Item(name));
}

function loaded(items: readonly Item[]): string {
  return items.filter((item) => item.isLoaded).map((item) => item.name).join("");
}

Deno.test("the least recently used module is let go", () => {
  const cache = new ModuleCache<Item>({ maxModules: 3, maxBytes: 1_000 });
  const items = makeItems("abcd");
  const [a, b, c, d] = items as [Item, Item, Item, Item];
  for (const item of [a, b, c]) cache.keep(item, 1);
  a.lastUsed = cache.time;
  cache.keep(d, 1);
  assertEquals(loaded(items), "acd");
});

Deno.test("bytes are bounded as well, and one module always fits", () => {
  const cache = new ModuleCache<Item>({ maxModules: 10, maxBytes: 100 });
  const items = makeItems("abcd");
  const [a, b, c, d] = items as [Item, Item, Item, Item];
  cache.keep(a, 40);
  cache.keep(b, 40);
  cache.keep(c, 40);
  assertEquals(loaded(items), "bcd");
  cache.keep(d, 500);
  assertEquals(loaded(items), "d");
});

Deno.test("a module nobody waits for displaces none", () => {
  const cache = new ModuleCache<Item>({ maxModules: 1, maxBytes: 100 });
  const items = makeItems("ab");
  const [a, b] = items as [Item, Item];
  b.isWanted = false;
  cache.keep(a, 1);
  cache.keep(b, 1);
  assertEquals(loaded(items), "a");
});

Deno.test("a module that cannot be prepared again is kept over the limit", () => {
  const cache = new ModuleCache<Item>({ maxModules: 1, maxBytes: 100 });
  const items = makeItems("ab");
  const [a, b] = items as [Item, Item];
  a.isEvictable = false;
  cache.keep(a, 1);
  cache.keep(b, 1);
  assertEquals(loaded(items), "ab");
});

Deno.test("a new version takes its own place, and a forgotten module leaves its own", () => {
  const cache = new ModuleCache<Item>({ maxModules: 2, maxBytes: 100 });
  const items = makeItems("abc");
  const [a, b, c] = items as [Item, Item, Item];
  cache.keep(a, 50);
  cache.keep(b, 50);
  cache.keep(a, 50);
  assertEquals(loaded(items), "abc");
  cache.forget(b);
  cache.keep(c, 50);
  assertEquals(loaded(items), "abc");
});
