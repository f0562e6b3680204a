import { assertEquals } from "@std/assert";
import { printer } from "../../tests/guests/guests.ts";
import { readFile } from "node:fs/promises";
import { HELLO, HELLO_ANSWER } from "./hello.ts";
import { BareCommand, importNames } from "./bare_command.ts";

Deno.test("a bare command prints", async () => {
  const module = new WebAssembly.Module(await printer("ahoy\n")());
  const command = new BareCommand(module, importNames(module));
  command.start();
  assertEquals(command.printed(), "ahoy\n");
});

Deno.test("a bare command that was restored runs again", async () => {
  const module = new WebAssembly.Module(new Uint8Array(await readFile(HELLO)));
  const command = new BareCommand(module, importNames(module));
  command.snapshot();
  for (let i = 0; i < 3; i++) {
    command.start();
    assertEquals(command.printed(), HELLO_ANSWER);
    command.restore();
  }
});
