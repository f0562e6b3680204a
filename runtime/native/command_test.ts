import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { normaliseCommand, parseCommand } from "./command.ts";

/** What a command is read as, or what is wrong with it. */
function read(text: string): unknown {
  const command = parseCommand(text);
  return command.ok ? command.value : command.error;
}

Deno.test("a command is a library, a function, and a file", () => {
  assertEquals(read("/a.so"), { library: "/a.so", functionName: "run" });
  assertEquals(read("/a.so f"), { library: "/a.so", functionName: "f" });
  assertEquals(read("  /a.so   f  x "), { library: "/a.so", functionName: "f", file: "x" });
});

Deno.test("what is no command is told in a few words", () => {
  assertEquals(read(""), "the command names no library");
  assertEquals(read("   "), "the command names no library");
  assertEquals(read("a b c d"), "the command has more than three words");
  assertEquals(read("a\0b"), "the command holds a NUL byte");
  const long = "a word of the command is longer than 4095 bytes";
  for (const words of [["x"], ["a", "x"], ["a", "b", "x"]]) {
    const text = (last: number) => [...words.slice(0, -1), "x".repeat(last)].join(" ");
    assertEquals(typeof read(text(4095)), "object");
    assertEquals(read(text(4096)), long);
  }
  assertEquals(read("y".repeat(100_000)), long);
});

Deno.test("any text is a command of its words, or an error; never an exception", () => {
  const word = fc.constantFrom(" ", "  ", "a", "/b.so", "\n", "\t", "\0", "ÿ", "x".repeat(5000));
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.array(word).map((w) => w.join("")));
  fc.assert(fc.property(text, (input) => {
    const command = parseCommand(input);
    if (!command.ok) return assertEquals(command.error.length < 100, true);
    const { library, functionName, file } = command.value;
    const said = [library, functionName, file].filter((each) => each !== undefined).join(" ");
    const asked = normaliseCommand(input);
    assertEquals(said, asked === library ? `${asked} run` : asked);
  }));
});
