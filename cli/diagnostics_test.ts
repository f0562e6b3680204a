import { assertEquals } from "@std/assert";
import { diagnosticLines } from "./diagnostics.ts";

const SOURCE = {
  serverFile: "hello.c",
  path: "src/hello.c",
  text: "int main() {\n\treturn x;\n}\n",
};

Deno.test("A message names the user's file and shows the line it is about", () => {
  const lines = diagnosticLines([
    { severity: "error", message: "undeclared 'x'", file: "hello.c", line: 2, column: 9 },
  ], SOURCE);
  assertEquals(lines, [
    "src/hello.c:2:9: error: undeclared 'x'",
    "    2 |  return x;",
    "      |         ^",
  ]);
});

Deno.test("Other files, and messages without a place, are shown as they are", () => {
  const lines = diagnosticLines([
    { severity: "note", message: "declared here", file: "stdio.h", line: 7 },
    { severity: "error", message: "wasm-ld: undefined symbol: f" },
    { severity: "error", message: "beyond the end", file: "hello.c", line: 99, column: 1 },
  ], SOURCE);
  assertEquals(lines, [
    "stdio.h:7: note: declared here",
    "error: wasm-ld: undefined symbol: f",
    "src/hello.c:99:1: error: beyond the end",
  ]);
});

Deno.test("A message cannot move the terminal's cursor", () => {
  const [line] = diagnosticLines([{ severity: "warning", message: "\u001b[2Jgone" }], undefined);
  assertEquals(line, "warning: \ufffd[2Jgone");
});
