import { assertEquals, assertThrows } from "@std/assert";
import { addMaximum, limitMemory } from "./limit_memory.ts";

/** A module with one exported memory, `limits` as encoded. */
function moduleWithMemory(...limits: number[]): Uint8Array<ArrayBuffer> {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const memory = [5, limits.length + 1, 1, ...limits];
  return Uint8Array.of(...header, ...memory, 7, 5, 1, 1, 109, 2, 0);
}

function growTo(bytes: Uint8Array<ArrayBuffer>): number {
  const memory = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
    .m as WebAssembly.Memory;
  let pages = memory.buffer.byteLength / 65536;
  try {
    for (; pages < 1000; pages++) memory.grow(1);
  } catch {
    // That was its maximum.
  }
  return pages;
}

Deno.test("A memory cannot grow beyond the lowered maximum", () => {
  const bytes = moduleWithMemory(1, 1, 0x80, 0x80, 4);
  const length = bytes.length;
  assertEquals(limitMemory(bytes, 200), true);
  assertEquals([growTo(bytes), bytes.length], [200, length]);
});

Deno.test("A maximum that is lower already stays", () => {
  const bytes = moduleWithMemory(1, 1, 5);
  limitMemory(bytes, 200);
  assertEquals(growTo(bytes), 5);
});

Deno.test("A memory without a maximum cannot be limited in place", () => {
  assertThrows(() => limitMemory(moduleWithMemory(0, 1), 200), Error, "no single memory");
});

Deno.test("A module without a memory of its own is left alone", () => {
  assertEquals(limitMemory(moduleWithMemory(1, 1, 5).slice(0, 8), 200), false);
});

Deno.test("A memory without a maximum gets one, and the rest of the module stays", () => {
  const bytes = moduleWithMemory(0, 1);
  const bounded = addMaximum(bytes, 200);
  assertEquals([growTo(bounded), bounded.slice(-7)], [200, bytes.slice(-7)]);
});

Deno.test("Only a single memory without a maximum can get one", () => {
  for (const bytes of [moduleWithMemory(1, 1, 5), moduleWithMemory(0, 1).slice(0, 8)]) {
    assertThrows(() => addMaximum(bytes, 200), Error, "no ");
  }
});
