import { assertEquals } from "@std/assert";
import { BufferSink, BufferSource, type OverflowPolicy } from "./buffers.ts";

function newSink(limitBytes: number, overflow: OverflowPolicy): BufferSink {
  const sink = new BufferSink(overflow);
  sink.restart(limitBytes);
  return sink;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

Deno.test("A sink gives back what was written, once", () => {
  const sink = newSink(100, "stop");
  assertEquals(sink.write(bytes("one ")), 4);
  assertEquals(sink.write(bytes("two")), 3);
  assertEquals(text(sink.take()), "one two");
  assertEquals(sink.take().length, 0);
});

Deno.test("A sink keeps a copy: what is written to the source later does not show", () => {
  const sink = newSink(100, "stop");
  const source = bytes("before");
  sink.write(source);
  source.fill(0);
  assertEquals(text(sink.take()), "before");
});

Deno.test("A sink takes exactly its limit and stops at one byte more", () => {
  const sink = newSink(5000, "stop");
  assertEquals(sink.write(new Uint8Array(4999)), 4999);
  assertEquals(sink.write(new Uint8Array(1)), 1);
  assertEquals(sink.write(new Uint8Array(1)), "stop");
  assertEquals(sink.take().length, 5000);
});

Deno.test("A dropping sink takes everything and keeps its limit", () => {
  const sink = newSink(4, "drop");
  assertEquals(sink.write(bytes("abcdef")), 6);
  assertEquals(sink.write(bytes("gh")), 2);
  assertEquals(text(sink.take()), "abcd");
});

Deno.test("What was taken is not overwritten by the next run", () => {
  const sink = newSink(100, "stop");
  sink.write(bytes("first"));
  const first = sink.take();
  sink.write(bytes("other"));
  assertEquals(text(first), "first");
});

Deno.test("A source is read in pieces up to its end, and starts over when refilled", () => {
  const source = new BufferSource();
  source.refill(bytes("hello"));
  const target = new Uint8Array(3);
  assertEquals(source.read(target), 3);
  assertEquals(text(target), "hel");
  assertEquals(source.read(target), 2);
  assertEquals(text(target.subarray(0, 2)), "lo");
  assertEquals(source.read(target), 0);
  source.refill(bytes("x"));
  assertEquals(source.read(target), 1);
});
