import { assertEquals } from "@std/assert";
import { parseGoMessages } from "./go_messages.ts";

Deno.test("A message of Go has a line, a column and the user's own file", () => {
  const { text, diagnostics } = parseGoMessages(
    "# command-line-arguments\nbuild/hello world.go:4:2: undefined: x\n",
  );
  assertEquals(text, "hello world.go:4:2: undefined: x\n");
  const at = { file: "hello world.go", line: 4, column: 2 };
  assertEquals(diagnostics, [{ severity: "error", message: "undefined: x", ...at }]);
});

Deno.test("Go's messages without a column, and from other tools, are read too", () => {
  const { diagnostics } = parseGoMessages(
    "/build/hello world.go:3: a: b:2:1: c\nvet: ./hello world.go:5:1: expected '}'\n",
  );
  assertEquals(diagnostics.map(({ line, column, message }) => [line, column, message]), [
    [3, undefined, "a: b:2:1: c"],
    [5, 1, "expected '}'"],
  ]);
});

Deno.test("Lines that go on, and those of no file, stay text", () => {
  const { text, diagnostics } = parseGoMessages(
    "build/hello world.go:5:8: cycle:\n\tbuild/hello world.go:6:1: again\npackage x is not in std\n" +
      "failed to start telemetry sidecar: no /proc\n",
  );
  assertEquals(
    text,
    "hello world.go:5:8: cycle:\n\thello world.go:6:1: again\npackage x is not in std\n",
  );
  assertEquals(diagnostics.map(({ line }) => line), [5]);
});

Deno.test("Nothing Go prints breaks the reader", () => {
  for (
    const output of ["", "\n", ":", "hello world.go:", "hello world.go:x:1: y", "\u0000:1:1: x"]
  ) {
    assertEquals(parseGoMessages(output).diagnostics, []);
  }
});
