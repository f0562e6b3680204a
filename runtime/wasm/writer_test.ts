import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { leb } from "./testing.ts";
import { Writer } from "./writer.ts";

Deno.test("a length filled in later is right, whatever was guessed", () => {
  const lengths = fc.constantFrom(0, 1, 47, 48, 127, 128, 300, 16383, 16384, 40000);
  fc.assert(fc.property(lengths, lengths, (length, guess) => {
    const content = Uint8Array.from({ length }, (_, i) => i);
    const writer = new Writer(0);
    writer.byte(9);
    const size = writer.open(guess);
    writer.copy(content, 0, length);
    assertEquals(writer.close(size), length);
    writer.byte(8);
    assertEquals([...writer.finish()], [9, ...leb(length), ...content, 8]);
  }));
});

Deno.test("the extremes of signed integers keep their sign", () => {
  const cases: [number, number[]][] = [
    [0, [0]],
    [-1, [0x7f]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [2 ** 62, [...Array(8).fill(0x80), 0xc0, 0]],
    [-(2 ** 62), [...Array(8).fill(0x80), 0x40]],
  ];
  for (const [value, expected] of cases) {
    const writer = new Writer(0);
    writer.s64(value);
    assertEquals([...writer.finish()], expected, String(value));
  }
});
