import { assertEquals, assertThrows } from "@std/assert";
import { parseVmRss } from "./rss.ts";

Deno.test("the resident set is read from a process's status", () => {
  assertEquals(parseVmRss("Name:\tdeno\nVmHWM:\t  900 kB\nVmRSS:\t  812 kB\nThreads:\t9\n"), 812);
});

Deno.test("a process that has ended has none", () => {
  assertThrows(() => parseVmRss("Name:\tdeno\nState:\tZ (zombie)\n"), Error, "has ended");
});
