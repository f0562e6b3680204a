import { assertEquals } from "@std/assert";
import { RouteClaims } from "./route_claims.ts";

function show({ granted, released, refused }: ReturnType<RouteClaims["update"]>) {
  return [
    ...released.map((file) => `-${file}`),
    ...granted.map(({ file, pattern }) => `+${file} ${pattern.route}`),
    ...refused.map(({ file, error }) => `!${file} ${error.code}`),
  ];
}

Deno.test("files with different routes are granted them", () => {
  const claims = new RouteClaims();
  assertEquals(show(claims.update(["b.wasm", "a/[x].wasm"], [])), [
    "+a/[x].wasm /a/[x]",
    "+b.wasm /b",
  ]);
  assertEquals([claims.has("b.wasm"), claims.has("c.wasm")], [true, false]);
});

Deno.test("of files that come together the first by name serves a route both ask for", () => {
  const claims = new RouteClaims();
  const change = claims.update(["a/index.wasm", "a.wasm", "x/[b].wasm", "x/[a].wasm"], []);
  assertEquals(show(change), [
    "+a.wasm /a",
    "+x/[a].wasm /x/[a]",
    "!a/index.wasm route_conflict",
    "!x/[b].wasm route_conflict",
  ]);
  assertEquals(
    change.refused[0]?.error.message,
    "Cannot serve a/index.wasm at /a: a.wasm already serves these paths",
  );
});

Deno.test("a file that serves a route keeps it, and the next takes over when it goes", () => {
  const claims = new RouteClaims();
  claims.update(["a/index.wasm"], []);
  assertEquals(show(claims.update(["a.wasm"], [])), ["!a.wasm route_conflict"]);
  assertEquals(show(claims.update([], ["a/index.wasm"])), ["-a/index.wasm", "+a.wasm /a"]);
  assertEquals([...claims.refusals], []);
});

Deno.test("when one of three goes, the second serves and the third stays refused", () => {
  const claims = new RouteClaims();
  claims.update(["[a].wasm", "[b].wasm", "[c].wasm"], []);
  assertEquals(show(claims.update([], ["[a].wasm"])), [
    "-[a].wasm",
    "+[b].wasm /[b]",
    "![c].wasm route_conflict",
  ]);
  assertEquals([...claims.refusals].map(({ file }) => file), ["[c].wasm"]);
});

Deno.test("a refused file that goes leaves no trace", () => {
  const claims = new RouteClaims();
  claims.update(["a.wasm", "a/index.wasm", "[.wasm"], []);
  assertEquals(show(claims.update([], ["a/index.wasm", "[.wasm"])), []);
  assertEquals([...claims.refusals], []);
  assertEquals(show(claims.update([], ["a.wasm"])), ["-a.wasm"]);
});

Deno.test("a name that is no route is refused and harms no other", () => {
  const change = new RouteClaims().update(["a.wasm", "b[.wasm"], []);
  assertEquals(show(change), ["+a.wasm /a", "!b[.wasm invalid_config"]);
  assertEquals(change.refused[0]?.route, "/b[");
});

Deno.test("a prebuilt module comes before its source, whichever was there first", () => {
  const together = new RouteClaims();
  assertEquals(show(together.update(["x.c", "x.wasm"], [])), [
    "+x.wasm /x",
    "!x.c route_conflict",
  ]);
  const later = new RouteClaims();
  later.update(["x.c"], []);
  assertEquals(show(later.update(["x.wasm"], [])), ["-x.c", "+x.wasm /x", "!x.c route_conflict"]);
  assertEquals(show(later.update([], ["x.wasm"])), ["-x.wasm", "+x.c /x"]);
});

Deno.test("a prebuilt module of another name displaces nobody", () => {
  const claims = new RouteClaims();
  claims.update(["x.c"], []);
  assertEquals(show(claims.update(["x/index.wasm"], [])), ["!x/index.wasm route_conflict"]);
});
