import { assertEquals } from "@std/assert";
import { encodeSegment, routePattern } from "./route_pattern.ts";

function routeOf(file: string): string {
  const pattern = routePattern(file);
  return pattern.ok ? `${pattern.value.kind} ${pattern.value.route}` : pattern.error.message;
}

Deno.test("a route is the file's path without extension and index", () => {
  assertEquals(routeOf("hello.wasm"), "static /hello");
  assertEquals(routeOf("index.wasm"), "static /");
  assertEquals(routeOf("api/index.wasm"), "static /api");
  assertEquals(routeOf("index/api/index/users.wasm"), "static /api/users");
  assertEquals(routeOf("v1.2/a.b.wasm"), "static /v1.2/a.b");
  assertEquals(routeOf("indexes.wasm"), "static /indexes");
});

Deno.test("segments in brackets are parameters", () => {
  assertEquals(routeOf("api/users/[id].wasm"), "dynamic /api/users/[id]");
  assertEquals(routeOf("[a]/x/[b].wasm"), "dynamic /[a]/x/[b]");
  assertEquals(routeOf("files/[...rest].wasm"), "rest /files/[...rest]");
  assertEquals(routeOf("[user]/[...rest].wasm"), "rest /[user]/[...rest]");
});

Deno.test("names that are no route are refused with the reason", () => {
  const notASegment = "is no route segment, expected a name, [name] or [...name]";
  assertEquals(routeOf("a/[id.wasm"), `Cannot serve a/[id.wasm: "[id" ${notASegment}`);
  assertEquals(routeOf("a/x[id].wasm"), `Cannot serve a/x[id].wasm: "x[id]" ${notASegment}`);
  assertEquals(routeOf("a/[].wasm"), `Cannot serve a/[].wasm: "[]" ${notASegment}`);
  assertEquals(
    routeOf("[...all]/a.wasm"),
    "Cannot serve [...all]/a.wasm: [...name] may only be the last segment",
  );
  assertEquals(
    routeOf("[id]/[...id].wasm"),
    'Cannot serve [id]/[...id].wasm: the parameter "id" is named twice',
  );
  assertEquals(routeOf("_.wasm"), "Cannot serve _.wasm: paths under /_ belong to Skerry");
  assertEquals(
    routeOf("deploy.wasm"),
    "Cannot serve deploy.wasm: the path /deploy belongs to Skerry's own API",
  );
  assertEquals(
    routeOf("function/[id].wasm"),
    "Cannot serve function/[id].wasm: the path /function belongs to Skerry's own API",
  );
  assertEquals(routeOf("deploy/now.wasm"), "static /deploy/now");
});

Deno.test("shapes are equal exactly where the same paths match", () => {
  const shapeOf = (file: string) => {
    const pattern = routePattern(file);
    return pattern.ok ? pattern.value.shape : undefined;
  };
  assertEquals(shapeOf("a/[id].wasm"), shapeOf("a/[name].wasm"));
  assertEquals(shapeOf("a.wasm"), shapeOf("a/index.wasm"));
  assertEquals(shapeOf("[...a].wasm"), shapeOf("[...b].wasm"));
  assertEquals(shapeOf("a/[id].wasm") === shapeOf("a/[...id].wasm"), false);
  assertEquals(shapeOf("a b.wasm"), "/a%20b");
  assertEquals(shapeOf("a%20b.wasm"), "/a%2520b");
});

Deno.test("half a surrogate pair in a file name does not throw", () => {
  assertEquals(encodeSegment("\ud800"), "%EF%BF%BD");
});
