import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseRustMessages } from "./rust_messages.ts";

const MESSAGE = {
  message: "cannot find value `x` in this scope",
  level: "error",
  spans: [
    { file_name: "std.rs", line_start: 9, column_start: 9, is_primary: false },
    { file_name: "hello.rs", line_start: 2, column_start: 5, is_primary: true },
  ],
  rendered: "error: cannot find value `x`\n --> hello.rs:2:5\n",
};

function parse(...lines: readonly (string | Record<string, unknown>)[]) {
  return parseRustMessages(
    lines.map((line) => typeof line === "string" ? line : JSON.stringify(line)).join("\n"),
  );
}

Deno.test("A message of rustc is its text as printed, and a row at its primary span", () => {
  const { text, diagnostics } = parse(MESSAGE);
  assertEquals(text, MESSAGE.rendered);
  assertEquals(diagnostics, [{
    severity: "error",
    message: MESSAGE.message,
    file: "hello.rs",
    line: 2,
    column: 5,
  }]);
});

Deno.test("Levels of rustc become errors, warnings and notes", () => {
  const levels = ["error", "error: internal compiler error", "warning", "help", "failure-note"];
  const { diagnostics } = parse(...levels.map((level) => ({ ...MESSAGE, level })));
  assertEquals(diagnostics.map(({ severity }) => severity), [
    ...["error", "error", "warning", "note", "note"],
  ]);
});

Deno.test("rustc's sums of what it said are text, not rows", () => {
  const sum = {
    ...MESSAGE,
    spans: [],
    message: "aborting due to 2 previous errors",
    rendered: "aborting\n",
  };
  assertEquals(parse(sum), { text: "aborting\n", diagnostics: [] });
  const unplaced = { ...sum, message: "linking with `rust-lld` failed" };
  assertEquals(parse(unplaced).diagnostics, [{ severity: "error", message: unplaced.message }]);
});

Deno.test("What is not a message of rustc stays text", () => {
  const { text, diagnostics } = parse("memory allocation failed", "{broken", '{"message":1}');
  assertEquals(text, 'memory allocation failed\n{broken\n{"message":1}\n');
  assertEquals(diagnostics, []);
});

Deno.test("Nothing rustc prints breaks the reader", () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({
      message: fc.string(),
      level: fc.string(),
      rendered: fc.option(fc.string()),
      spans: fc.array(fc.anything()),
    }).map((value) => JSON.stringify(value)),
  );
  fc.assert(fc.property(fc.array(line), (lines) => {
    const { diagnostics } = parse(...lines);
    for (const { message } of diagnostics) assertEquals(typeof message, "string");
  }));
});
