import { assertEquals } from "@std/assert";
import { KvStore } from "./kv_store.ts";

Deno.test("a namespace holds what it was last given", () => {
  const store = new KvStore();
  assertEquals(store.get("a"), {});
  assertEquals(store.replace("a", { x: "1", y: "2" }).ok, true);
  assertEquals(store.replace("a", { x: "3" }).ok, true);
  assertEquals(store.get("a"), { x: "3" });
  assertEquals(store.get("b"), {});
});

Deno.test("entries do not change under a reader or with their giver", () => {
  const store = new KvStore();
  const given = { x: "1" };
  store.replace("a", given);
  const read = store.get("a");
  given.x = "2";
  store.replace("a", { x: "3" });
  assertEquals(read, { x: "1" });
});

Deno.test("a namespace over its limit is refused and stays as it was", () => {
  const store = new KvStore({ maxBytes: 8 });
  assertEquals(store.replace("a", { kk: "é€z" }).ok, true);
  const result = store.replace("a", { kk: "1234567" });
  assertEquals(result, {
    ok: false,
    error: {
      code: "bad_function_output",
      message: 'Cannot store the key-value namespace "a": ' +
        "9 bytes of keys and values are over the limit of 8",
      details: { namespace: "a", bytes: 9 },
    },
  });
  assertEquals(store.get("a"), { kk: "é€z" });
});

Deno.test("keys of Object.prototype are keys like any other", () => {
  const store = new KvStore();
  store.replace("a", JSON.parse(`{"__proto__": "1", "toString": "2"}`));
  assertEquals(Object.entries(store.get("a")), [["__proto__", "1"], ["toString", "2"]]);
  assertEquals(Object.hasOwn(store.get("b"), "toString"), false);
});
