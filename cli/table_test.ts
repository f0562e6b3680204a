import { assertEquals } from "@std/assert";
import { type Column, table } from "./table.ts";
import type { Paint } from "./terminal.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", shrinks: true },
  { title: "SIZE", align: "right" },
  { title: "STATE" },
];
const marked: Paint = (text, tone) => `<${tone}>${text}</>`;

Deno.test("Columns are as wide as their widest cell, and numbers stand to the right", () => {
  assertEquals(table(COLUMNS, [["hello", "612 B", "ready"], ["a", "1.2 KiB", "broken"]]), [
    "NAME      SIZE  STATE",
    "hello    612 B  ready",
    "a      1.2 KiB  broken",
  ]);
});

Deno.test("Without rows there are the titles", () => {
  assertEquals(table(COLUMNS, []), ["NAME  SIZE  STATE"]);
});

Deno.test("A narrow terminal cuts the columns that may shrink, and no others", () => {
  const rows = [["a-very-long-function-name", "612 B", "ready"]];
  const lines = table(COLUMNS, rows, { columns: 30, paint: (text) => text });
  assertEquals(lines[1], "a-very-long-fun…  612 B  ready");
  assertEquals(lines[1]!.length, 30);
  const narrowest = table(COLUMNS, rows, { columns: 5, paint: (text) => text });
  assertEquals(narrowest[1], "a-very-…  612 B  ready");
});

Deno.test("Tones go around padded text, so that they do not move columns", () => {
  const rows = [["x", "1 B", { text: "ready", tone: "good" as const }]];
  assertEquals(table(COLUMNS, rows, { columns: 80, paint: marked }), [
    "<faint>NAME</>  <faint>SIZE</>  <faint>STATE</>",
    "x      1 B  <good>ready</>",
  ]);
});

Deno.test("What a terminal would obey is not shown, and characters outside the BMP count once", () => {
  assertEquals(table([{ title: "N" }, { title: "S" }], [["\u001b[2J", "x"], ["😀é", "y"]]), [
    "N     S",
    "\ufffd[2J  x",
    "😀é    y",
  ]);
});
