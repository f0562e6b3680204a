import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { encodeStrings } from "./string_block.ts";

Deno.test("strings are written as UTF-8, each ended by a NUL", () => {
  const block = encodeStrings(["a", "", "é"]);
  assertEquals([...block.bytes], [0x61, 0, 0, 0xc3, 0xa9, 0]);
  assertEquals(block.count, 3);
});

Deno.test("no strings are no bytes", () => {
  assertEquals(encodeStrings([]), { bytes: new Uint8Array(0), count: 0 });
});

Deno.test("a block holds as many NULs as strings, whatever they contain", () => {
  const anyString = fc.string({ unit: fc.constantFrom("a", "\0", "é", "\ud800", "\n") });
  fc.assert(fc.property(fc.array(anyString), (strings) => {
    const block = encodeStrings(strings);
    assertEquals(block.bytes.filter((byte) => byte === 0).length, block.count);
    assertEquals(block.count, strings.length);
  }));
});
