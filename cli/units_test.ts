import { assertEquals } from "@std/assert";
import { formatAge, formatBytes, formatCount, formatMs } from "./units.ts";

Deno.test("Bytes are shown in the unit that suits them", () => {
  const sizes = [0, 612, 1023, 1024, 1536, 10_189, 1024 * 1024 - 1, 1024 * 1024, 23 * 1024 ** 2];
  assertEquals(sizes.map(formatBytes), [
    "0 B",
    "612 B",
    "1023 B",
    "1.0 KiB",
    "1.5 KiB",
    "10 KiB",
    "1.0 MiB",
    "1.0 MiB",
    "23 MiB",
  ]);
  assertEquals(formatBytes(5000 * 1024 ** 4), "5000 TiB");
});

Deno.test("Durations have three digits at most, and never one too many by rounding", () => {
  const durations = [0, 0.4242, 1, 9.996, 38.149, 99.96, 999.4, 999.5, 1250, 59_940, 59_960];
  assertEquals(durations.map(formatMs), [
    "0.00 ms",
    "0.42 ms",
    "1.00 ms",
    "10.0 ms",
    "38.1 ms",
    "100 ms",
    "999 ms",
    "1.00 s",
    "1.25 s",
    "59.9 s",
    "1 m 0 s",
  ]);
  assertEquals(formatMs(200_000), "3 m 20 s");
});

Deno.test("Ages are rough, and a clock that is behind makes none negative", () => {
  const ages = [-5, 12_000, 300_000, 3 * 3_600_000, 8 * 86_400_000];
  assertEquals(ages.map(formatAge), ["0 s", "12 s", "5 min", "3 h", "8 d"]);
});

Deno.test("Counts have commas", () => {
  assertEquals([0, 999, 1234567.4].map(formatCount), ["0", "999", "1,234,567"]);
});
