import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type RoutePattern, routePattern, type Segment } from "./route_pattern.ts";
import { Router } from "./router.ts";
import type { ServedFunction } from "./served_function.ts";

function patternOf(file: string): RoutePattern {
  const pattern = routePattern(file);
  if (!pattern.ok) throw new Error(pattern.error.message);
  return pattern.value;
}

function makeRouter(...files: string[]): Router {
  return new Router(files.map((file) => {
    const pattern = patternOf(file);
    const fn: ServedFunction = {
      route: pattern.route,
      active: undefined,
      load: () => Promise.reject(new Error("not called")),
    };
    return { pattern, fn };
  }));
}

function show(router: Router, path: string): string | undefined {
  const match = router.match(path);
  if (match === undefined) return undefined;
  const params = Object.entries(match.params).map(([name, value]) => ` ${name}=${value}`).join("");
  return match.fn.route + params + (match.pathInfo === "" ? "" : ` rest=${match.pathInfo}`);
}

Deno.test("static routes match exactly, with or without a trailing slash", () => {
  const router = makeRouter("index.wasm", "hello.wasm", "api/users.wasm");
  assertEquals(show(router, "/"), "/");
  assertEquals(show(router, "/hello"), "/hello");
  assertEquals(show(router, "/hello/"), "/hello");
  assertEquals(show(router, "/api/users/"), "/api/users");
  for (const path of ["/hello//", "/Hello", "/api", "/hello/x", "hello", ""]) {
    assertEquals(show(router, path), undefined, path);
  }
});

Deno.test("a static match is made once", () => {
  const router = makeRouter("hello.wasm");
  assertStrictEquals(router.matchStatic("/hello"), router.matchStatic("/hello/"));
});

Deno.test("every encoding of a name finds its static route, and no other", () => {
  const router = makeRouter("a b.wasm", "é.wasm", "a@b.wasm", "x%20y.wasm", "d/e.wasm");
  for (const path of ["/a%20b", "/%61%20b", "/a%20b/"]) assertEquals(show(router, path), "/a b");
  assertEquals(show(router, "/%C3%A9"), "/é");
  assertEquals(show(router, "/%c3%a9"), "/é");
  assertEquals(show(router, "/a@b"), "/a@b");
  assertEquals(show(router, "/a%40b"), "/a@b");
  assertEquals(show(router, "/x%2520y"), "/x%20y");
  assertEquals(show(router, "/x%20y"), undefined);
  assertEquals(show(router, "/d%2Fe"), undefined);
});

Deno.test("parameters are decoded", () => {
  const router = makeRouter("greet/[name].wasm", "files/[user]/[...rest].wasm");
  assertEquals(show(router, "/greet/Zo%C3%AB"), "/greet/[name] name=Zoë");
  assertEquals(show(router, "/greet/a%2Fb"), "/greet/[name] name=a/b");
  assertEquals(
    show(router, "/files/ann/x%20y/z"),
    "/files/[user]/[...rest] user=ann rest=x y/z rest=/x y/z",
  );
});

Deno.test("what does not decode, or could be taken for another path, matches no parameter", () => {
  const router = makeRouter("[id].wasm", "files/[...rest].wasm");
  const paths = ["/%", "/%zz", "/%ff", "/%00", "/files/%00", "/files/..", "/files/%2e%2e/x"];
  for (const path of [...paths, "/.", "/%2E", "/files/a%2F..%2Fb", "/files/a%5c..", "//x", ""]) {
    assertEquals(show(router, path), undefined, path);
  }
});

Deno.test("paths under /_/ match nothing", () => {
  const router = makeRouter("[a]/[b].wasm", "[...rest].wasm");
  for (const path of ["/_/metrics", "/_", "/_/", "/%5F/metrics"]) {
    assertEquals(show(router, path), undefined, path);
  }
  assertEquals(show(router, "/_x/metrics"), "/[a]/[b] a=_x b=metrics");
});

Deno.test("static comes before dynamic, dynamic before catch-all", () => {
  const router = makeRouter("a/b.wasm", "a/[x].wasm", "[x]/b.wasm", "[...x].wasm", "a/[...x].wasm");
  assertEquals(show(router, "/a/b"), "/a/b");
  assertEquals(show(router, "/a/c"), "/a/[x] x=c");
  assertEquals(show(router, "/c/b"), "/[x]/b x=c");
  assertEquals(show(router, "/a/c/d"), "/a/[...x] x=c/d rest=/c/d");
  assertEquals(show(router, "/c/d"), "/[...x] x=c/d rest=/c/d");
  assertEquals(router.matchStatic("/a/c"), undefined);
});

Deno.test("a dynamic route is found behind a static segment that leads nowhere", () => {
  const router = makeRouter("a/b/c.wasm", "a/[x]/d.wasm", "[x]/b/[y].wasm");
  assertEquals(show(router, "/a/b/d"), "/a/[x]/d x=b");
  assertEquals(show(router, "/a/b/e"), "/[x]/b/[y] x=a y=e");
});

Deno.test("among catch-alls the one with more segments comes first", () => {
  const router = makeRouter("a/[...r].wasm", "[x]/b/[...r].wasm", "a/[y]/[...r].wasm");
  assertEquals(show(router, "/a/b/c"), "/a/[y]/[...r] y=b r=c rest=/c");
  assertEquals(show(router, "/z/b/c"), "/[x]/b/[...r] x=z r=c rest=/c");
  assertEquals(show(router, "/a"), "/a/[...r] r=");
});

Deno.test("a catch-all also matches an empty rest, and keeps the trailing slash in it", () => {
  const router = makeRouter("f/[...r].wasm");
  assertEquals(router.match("/f")?.pathInfo, "");
  assertEquals(router.match("/f/")?.pathInfo, "/");
  assertEquals(router.match("/f/a/")?.pathInfo, "/a/");
  assertEquals(router.match("/f/a//b")?.pathInfo, "/a//b");
  assertEquals(show(makeRouter("[...r].wasm"), "/"), "/[...r] r= rest=/");
});

Deno.test("a parameter called __proto__ is a parameter like any other", () => {
  const match = makeRouter("[__proto__].wasm").match("/x");
  assertEquals(Object.entries(match?.params ?? {}), [["__proto__", "x"]]);
});

Deno.test("a path of a million slashes is no match and no harm", () => {
  const router = makeRouter("[a]/[b].wasm", "f/[...r].wasm");
  assertEquals(router.match("/".repeat(1_000_000)), undefined);
});

/** The order, straight from its definition: all patterns that match, sorted. */
function expectedRoute(patterns: readonly RoutePattern[], path: readonly string[]) {
  const matching = patterns.filter(({ segments, kind }) => {
    const isRest = kind === "rest";
    const fixed = isRest ? segments.slice(0, -1) : segments;
    return (isRest ? path.length >= fixed.length : path.length === fixed.length) &&
      fixed.every((segment, i) => segment.kind === "dynamic" || textOf(segment) === path[i]);
  });
  return matching.sort(compareByDefinition)[0]?.route;
}

function textOf(segment: Segment): string | undefined {
  return segment.kind === "static" ? segment.text : undefined;
}

const RANK = { static: 0, dynamic: 1, rest: 2 };

function compareByDefinition(a: RoutePattern, b: RoutePattern): number {
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind];
  if (a.segments.length !== b.segments.length) return b.segments.length - a.segments.length;
  const ranks = (pattern: RoutePattern) => pattern.segments.map(({ kind }) => RANK[kind]).join("");
  return ranks(a) < ranks(b) ? -1 : 1;
}

Deno.test("for any routes and any path the first in the defined order is found", () => {
  const segment = fc.constantFrom("a", "b", "[x]");
  const file = fc.tuple(fc.array(segment, { maxLength: 4 }), fc.boolean()).map(
    ([parts, isRest]) => {
      const named = parts.map((part, i) => part === "[x]" ? `[x${i}]` : part);
      return [...named, isRest ? "[...rest]" : "index"].join("/") + ".wasm";
    },
  );
  const path = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 12 }), path, (files, parts) => {
      const byShape = new Map(files.map((name) => [patternOf(name).shape, name]));
      const unique = [...byShape.values()];
      const found = makeRouter(...unique).match("/" + parts.join("/"))?.fn.route;
      assertEquals(found, expectedRoute(unique.map(patternOf), parts));
    }),
    { numRuns: 500 },
  );
});

/** A function that is told apart by its route's text. */
function named(route: string): ServedFunction {
  return { route, active: undefined, load: () => Promise.reject(new Error("not called")) };
}

Deno.test("of several at the same paths the method decides, GET answering HEAD as well", () => {
  const router = new Router();
  for (const file of ["a.wasm", "users/[id].wasm", "files/[...rest].wasm"]) {
    const pattern = patternOf(file);
    router.add({ pattern, method: "GET", fn: named(`GET ${file}`) });
    router.add({ pattern, method: "POST", fn: named(`POST ${file}`) });
  }
  for (
    const [path, file] of [["/a", "a.wasm"], ["/users/7", "users/[id].wasm"], [
      "/files/x",
      "files/[...rest].wasm",
    ]]
  ) {
    assertEquals(router.match(path!, "GET")?.fn.route, `GET ${file}`);
    assertEquals(router.match(path!, "HEAD")?.fn.route, `GET ${file}`);
    assertEquals(router.match(path!, "POST")?.fn.route, `POST ${file}`);
    assertEquals(router.match(path!, "PUT"), undefined);
  }
});

Deno.test("an own HEAD comes before GET's", () => {
  const router = new Router();
  const pattern = patternOf("a.wasm");
  router.add({ pattern, method: "HEAD", fn: named("head") });
  router.add({ pattern, method: "GET", fn: named("get") });
  assertEquals(router.match("/a", "HEAD")?.fn.route, "head");
});

Deno.test("the lower rank comes first, whichever was added first, and the rest answers its other methods", () => {
  const router = new Router();
  const pattern = patternOf("a.wasm");
  const folder = { pattern, fn: named("folder"), rank: 2 };
  const row = { pattern, fn: named("row"), rank: 0, method: "GET" };
  router.add(folder);
  router.add(row);
  router.add({ pattern, fn: named("late"), rank: 2 });
  assertEquals(router.entriesAt(pattern).map(({ fn }) => fn.route), ["row", "folder", "late"]);
  assertEquals(router.match("/a", "GET")?.fn.route, "row");
  assertEquals(router.match("/a", "PUT")?.fn.route, "folder");
  router.remove(row);
  assertEquals(router.match("/a", "GET")?.fn.route, "folder");
  router.remove(folder);
  assertEquals(router.match("/a", "GET")?.fn.route, "late");
});

Deno.test("a gate stands for the methods that nobody has, and knows those that somebody has", () => {
  const router = new Router([], (route, methods) => named(`${route} ${methods.join(",")}`));
  const pattern = patternOf("a/[id].wasm");
  const get = { pattern, method: "GET", fn: named("get") };
  const post = { pattern, method: "POST", fn: named("post") };
  router.add(get);
  router.add(post);
  const match = router.match("/a/1", "PUT");
  assertEquals([match?.fn.route, match?.params], ["/a/[id] GET,POST", { id: "1" }]);
  router.remove(get);
  assertEquals(router.match("/a/1", "GET")?.fn.route, "/a/[id] POST");
  router.remove(post);
  assertEquals(router.match("/a/1", "GET"), undefined);
});
