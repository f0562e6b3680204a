import { assertEquals } from "@std/assert";
import type { FunctionJson } from "./function_json.ts";
import { functionTable } from "./list.ts";

const NOW_MS = Date.parse("2026-01-02T00:00:00Z");
const HELLO: FunctionJson = {
  route: "/hello",
  source: "folder",
  file: "hello.wasm",
  state: "ready",
  version: "0123456789ab",
  size: 612,
  loadedAt: "2026-01-01T23:55:00Z",
};

Deno.test("The list names functions as the other verbs take them, and leaves empty columns out", () => {
  const broken: FunctionJson = {
    route: "/greet/[name]",
    source: "folder",
    file: "greet/[name].c",
    state: "broken",
    size: 5000,
    error: { code: "build_failed", message: "no" },
  };
  assertEquals(functionTable([HELLO, broken], NOW_MS), [
    "NAME          FROM    STATE      SIZE  SINCE  VERSION",
    "hello         folder  ready     612 B  5 min  0123456789ab",
    "greet/[name]  folder  broken  4.9 KiB",
  ]);
});

Deno.test("A function whose new version is broken says that the old one serves", () => {
  const error = { code: "build_failed", message: "no" } as const;
  const deployed = { ...HELLO, source: "deployed", name: "hi", language: "c", error } as const;
  assertEquals(functionTable([deployed], NOW_MS), [
    "NAME  FROM      LANGUAGE  STATE        SIZE  SINCE  VERSION",
    "hi    deployed  c         ready, old  612 B  5 min  0123456789ab",
  ]);
});
