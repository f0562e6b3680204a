import { assertEquals } from "@std/assert";
import { allowHeader, isAllowed } from "./allowed_methods.ts";

Deno.test("a route without methods answers all", () => {
  assertEquals(isAllowed("PROPFIND", undefined), true);
});

Deno.test("HEAD is allowed where GET is", () => {
  assertEquals(isAllowed("HEAD", ["GET"]), true);
  assertEquals(isAllowed("HEAD", ["POST"]), false);
  assertEquals(isAllowed("POST", ["GET"]), false);
});

Deno.test("Allow names each method once, with HEAD and OPTIONS", () => {
  assertEquals(allowHeader(["GET", "POST"]), "GET, POST, HEAD, OPTIONS");
  assertEquals(allowHeader(["POST", "OPTIONS"]), "POST, OPTIONS");
});
