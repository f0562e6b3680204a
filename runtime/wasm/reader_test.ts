import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Reader, Refusal } from "./reader.ts";
import { Writer } from "./writer.ts";

function read<T>(bytes: readonly number[], from: (reader: Reader) => T): T | string {
  try {
    return from(new Reader(new Uint8Array(bytes), 0, bytes.length));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.reason} at ${error.offset}`;
  }
}

function written(write: (writer: Writer) => void): number[] {
  const writer = new Writer(0);
  write(writer);
  return [...writer.finish()];
}

Deno.test("unsigned integers are read as they are written", () => {
  fc.assert(fc.property(fc.nat(0xffffffff), (value) => {
    const bytes = written((writer) => writer.u32(value));
    assertEquals(read(bytes, (reader) => reader.u32()), value);
    assertEquals(read(bytes, (reader) => reader.u64()), value);
  }));
});

Deno.test("signed integers are read as they are written", () => {
  fc.assert(fc.property(fc.integer({ min: -(2 ** 32), max: 2 ** 32 - 1 }), (value) => {
    const bytes = written((writer) => writer.s64(value));
    assertEquals(read(bytes, (reader) => reader.s33()), value);
  }));
});

Deno.test("integers may be longer than they need be, but not too long", () => {
  assertEquals(read([0x81, 0x80, 0x00], (reader) => reader.u32()), 1);
  assertEquals(read([0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.u32()), 0xffffffff);
  assertEquals(read([0xc0, 0x7f], (reader) => reader.s33()), -64);
  const long = [0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
  assertEquals(read(long, (reader) => reader.u32()), "integer does not fit 32 bits at 4");
  assertEquals(read(long, (reader) => reader.s33()), "integer does not fit 33 bits at 4");
  assertEquals(read(long, (reader) => reader.skipLeb(5)), "integer is too long at 4");
  assertEquals(
    read([0xff, 0xff, 0xff, 0xff, 0x2f], (reader) => reader.s33()),
    "integer does not fit 33 bits at 4",
  );
  const tooLong = [...Array(9).fill(0xff), 0x02];
  assertEquals(read(tooLong, (reader) => reader.u64()), "integer does not fit 64 bits at 9");
});

Deno.test("nothing is read past the end", () => {
  assertEquals(read([], (reader) => reader.byte()), "unexpected end at 0");
  assertEquals(read([0x80], (reader) => reader.u32()), "unexpected end at 1");
  assertEquals(read([1, 2], (reader) => reader.skip(3)), "unexpected end at 0");
  assertEquals(
    read([2, 0], (reader) => reader.count()),
    "count exceeds the bytes that are left at 0",
  );
  assertEquals(read([3, 1], (reader) => reader.slice(reader.u32())), "unexpected end at 1");
});

Deno.test("names are UTF-8", () => {
  assertEquals(read([3, 0xe2, 0x82, 0xac], (reader) => reader.name()), "€");
  assertEquals(read([1, 0xff], (reader) => reader.name()), "name is not UTF-8 at 1");
});
