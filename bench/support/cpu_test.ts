import { assertEquals, assertThrows } from "@std/assert";
import { parseCpuTicks } from "./cpu.ts";

Deno.test("User and system time are found behind any name", () => {
  const rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14";
  for (const name of ["deno", "a b", "a) S 1 (b"]) {
    assertEquals(parseCpuTicks(`7 (${name}) ${rest}`), 23);
  }
});

Deno.test("What is no stat is an error", () => {
  assertThrows(() => parseCpuTicks(""), Error, "Cannot read the processor time");
});
