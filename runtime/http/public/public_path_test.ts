import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { publicSegments } from "./public_path.ts";

Deno.test("segments are decoded, and a trailing slash is an empty last one", () => {
  assertEquals(publicSegments("/a/caf%C3%A9.txt"), ["a", "café.txt"]);
  assertEquals(publicSegments("/"), [""]);
  assertEquals(publicSegments("/a/"), ["a", ""]);
  assertEquals(publicSegments("/a..b/c."), ["a..b", "c."]);
});

const REFUSED = [
  "/..",
  "/../a",
  "/a/../b",
  "/%2e%2e/a",
  "/.env",
  "/a/.git/config",
  "/a/%2egit",
  "/a%2Fb",
  "/..%2Fa",
  "/a%5Cb",
  "/a\\b",
  "/a%00",
  "/%ff",
  "//evil.example",
  "/a//b",
];

for (const path of REFUSED) {
  Deno.test(`${path} names no file`, () => assertEquals(publicSegments(path), undefined));
}

Deno.test("no accepted segment can leave the folder or name something hidden", () => {
  const part = fc.constantFrom("/", ".", "..", "%2e", "%2F", "%5c", "\\", "%00", "\0", "a", "%");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      for (const segment of publicSegments("/" + parts.join("")) ?? []) {
        assertEquals(/^\.|[/\\\0]/.test(segment), false);
      }
    }),
    { numRuns: 2000 },
  );
});
