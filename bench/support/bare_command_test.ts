import { assertEquals } from "@std/assert";
import { printer } from "../../tests/guests/guests.ts";
import { BareCommand } from "./bare_command.ts";

Deno.test("a bare command prints", async () => {
  const command = new BareCommand(new WebAssembly.Module(await printer("ahoy\n")()));
  command.start();
  assertEquals(command.printed(), "ahoy\n");
});

Deno.test("a bare command that was restored runs again", async () => {
  const hello = await Deno.readFile(new URL("../../functions/hello.wasm", import.meta.url));
  const command = new BareCommand(new WebAssembly.Module(hello));
  for (let i = 0; i < 3; i++) {
    command.start();
    assertEquals(command.printed(), "Hello from Skerry!\n");
    command.restore();
  }
});
