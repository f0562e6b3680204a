import { assertEquals, assertThrows } from "@std/assert";
import { GUESTS, printer } from "../../tests/guests/guests.ts";
import { compile, isolateOf, neverRecycled, runCommand } from "./command.ts";

Deno.test("a command runs metered and unmetered, with the same answer", async () => {
  const bytes = await printer("ahoy\n")();
  assertEquals(runCommand(isolateOf(compile(bytes))), "ahoy\n");
  assertEquals(runCommand(isolateOf(compile(bytes, { metered: false }))), "ahoy\n");
});

Deno.test("a module that is never recycled gets a fresh instance for every run", async () => {
  const compiled = compile(await printer("ahoy\n")());
  const recycled = isolateOf(compiled);
  const fresh = isolateOf(neverRecycled(compiled));
  for (let i = 0; i < 3; i++) assertEquals(runCommand(recycled), runCommand(fresh));
  assertEquals([recycled.instancesCreated, fresh.instancesCreated], [1, 3]);
});

Deno.test("a command that fails is an error that says how", async () => {
  const isolate = isolateOf(compile(await GUESTS.exit3()));
  assertThrows(() => runCommand(isolate), Error, '{"kind":"exited","exitCode":3}');
});

Deno.test("a module that is refused is an error that says why", () => {
  assertThrows(() => compile(new Uint8Array(8)), Error, "Cannot use this module");
});
