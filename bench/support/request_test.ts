import { assertEquals } from "@std/assert";
import type { Bench } from "./report.ts";
import { readRequest } from "./request.ts";

const BENCHES = ["a", "b", "c"].map((name): Bench => ({
  name,
  question: `${name}?`,
  run: () => Promise.resolve({ rows: [], targets: [], notes: [] }),
}));

function read(...args: string[]): string | undefined {
  const request = readRequest(args, BENCHES);
  if (request === undefined) return undefined;
  const { benches, size, isJson } = request;
  return `${benches.map(({ name }) => name).join(" ")}, ${size}${isJson ? ", json" : ""}`;
}

Deno.test("without arguments everything is measured in full", () => {
  assertEquals(read(), "a b c, full");
});

Deno.test("names choose benchmarks, which keep their order", () => {
  assertEquals(read("c", "a"), "a c, full");
});

Deno.test("switches may stand anywhere", () => {
  assertEquals(read("--quick", "b", "--json"), "b, quick, json");
});

Deno.test("an unknown name or switch is not guessed", () => {
  assertEquals(read("d"), undefined);
  assertEquals(read("a", "--slow"), undefined);
});
