import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { MemoryImage } from "./memory_image.ts";
import { captureSnapshot, PAGE_BYTES } from "./snapshot.ts";

Deno.test("An image puts a scribbled memory back byte for byte", () => {
  const patch = fc.record({
    at: fc.nat(2 * PAGE_BYTES - 1),
    data: fc.uint8Array({ minLength: 1, maxLength: 9000 }),
  });
  fc.assert(fc.property(fc.array(patch, { maxLength: 6 }), (patches) => {
    const original = new Uint8Array(2 * PAGE_BYTES);
    for (const { at, data } of patches) {
      original.set(data.subarray(0, original.length - at), at);
    }
    const image = new MemoryImage(captureSnapshot(original.slice().buffer));
    const used = new Uint8Array(original.length).fill(0xa5);
    image.writeTo(used);
    assertEquals(used.every((byte, i) => byte === original[i]), true);
  }));
});

Deno.test("An image of an empty memory is empty", () => {
  const image = new MemoryImage(captureSnapshot(new ArrayBuffer(0)));
  assertEquals(image.byteLength, 0);
  image.writeTo(new Uint8Array(0));
});

Deno.test("An image is of a moment: later changes to the memory do not reach it", () => {
  const memory = new Uint8Array(PAGE_BYTES).fill(7);
  const image = new MemoryImage(captureSnapshot(memory.buffer));
  memory.fill(1);
  image.writeTo(memory);
  assertEquals(memory.every((byte) => byte === 7), true);
});

Deno.test("An image in memory shared between threads is copied out of it", () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  const image = new MemoryImage({ memoryPages: 1, extents: [{ start: 8, bytes }] });
  bytes.fill(1);
  const memory = new Uint8Array(PAGE_BYTES).fill(0xa5);
  image.writeTo(memory);
  assertEquals([...memory.subarray(7, 13)], [0, 7, 7, 7, 7, 0]);
});
