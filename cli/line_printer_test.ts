import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import { linePrinter } from "./line_printer.ts";

Deno.test("lines are printed, and a failed one stops none after it", () => {
  const lines: string[] = [];
  let isFull = false;
  const print = linePrinter((line) => {
    if (isFull) throw new Error("No space left on device");
    lines.push(line);
  }, new EventEmitter());
  print("one");
  isFull = true;
  print("two");
  isFull = false;
  print("three");
  assertEquals(lines, ["one", "three"]);
});

Deno.test("a failure that is told of later ends nothing", () => {
  const stream = new EventEmitter();
  linePrinter(() => {}, stream);
  // Without a listener this would throw.
  assertEquals(stream.emit("error", new Error("write EPIPE")), true);
});
