import { assertEquals } from "@std/assert";
import { formatNumber, formatTable } from "./table.ts";

Deno.test("numbers have three significant digits, large ones all of their whole digits", () => {
  assertEquals(formatNumber(1.0449), "1.04");
  assertEquals(formatNumber(0.51239), "0.512");
  assertEquals(formatNumber(23.44), "23.4");
  assertEquals(formatNumber(999.4), "999");
  assertEquals(formatNumber(999.6), "1,000");
  assertEquals(formatNumber(132_456.7), "132,457");
  assertEquals(formatNumber(0), "0");
  assertEquals(formatNumber(NaN), "NaN");
});

Deno.test("a table is aligned Markdown, numbers to the right", () => {
  const table = formatTable(["variant", "median", "raw"], [["a", "1.00 ms", "1"], [
    "long one",
    "9",
    "9 10",
  ]]);
  assertEquals(
    table,
    `| variant  |  median | raw  |
| -------- | ------: | ---- |
| a        | 1.00 ms | 1    |
| long one |       9 | 9 10 |`,
  );
});
