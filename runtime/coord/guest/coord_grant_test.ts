import { assertEquals } from "@std/assert";
import { isGranted } from "./coord_grant.ts";

const CASES: readonly (readonly [string, string, boolean])[] = [
  ["files", "files", true],
  ["files", "file", false],
  ["files", "files2", false],
  ["*", "anything", true],
  ["file_*", "file_7", true],
  ["file_*", "file_", true],
  ["file_*", "my_file_7", false],
  ["*-log", "a-log", true],
  ["*-log", "a-log2", false],
  ["a*b*c", "a1b2c", true],
  ["a*b*c", "abc", true],
  ["a*b*c", "acb", false],
  ["ab*ba", "aba", false],
  ["a.c", "abc", false],
];

for (const [pattern, name, isFitting] of CASES) {
  Deno.test(`${pattern} ${isFitting ? "grants" : "does not grant"} ${name}`, () => {
    assertEquals(isGranted([pattern], name), isFitting);
  });
}

Deno.test("Without patterns nothing is granted", () => {
  assertEquals(isGranted([], "files"), false);
});
