import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { readRegularFile } from "./read_file.ts";
import { makePipe, TempFolder } from "./testing.ts";

Deno.test("a file is read whole, up to the limit and no further", async () => {
  await using folder = await TempFolder.make({ "a.wasm": "module", "empty.wasm": "" });
  const path = join(folder.path, "a.wasm");
  assertEquals(await readRegularFile(path, 6), {
    ok: true,
    value: new TextEncoder().encode("module"),
  });
  assertEquals(await readRegularFile(path, 5), {
    ok: false,
    error: "it has 6 bytes, and the limit is 5",
  });
  assertEquals(await readRegularFile(join(folder.path, "empty.wasm"), 5), {
    ok: true,
    value: new Uint8Array(0),
  });
});

Deno.test("a pipe is refused without waiting for its writer", async () => {
  await using folder = await TempFolder.make();
  const path = join(folder.path, "pipe.wasm");
  await makePipe(path);
  assertEquals(await readRegularFile(path, 5), { ok: false, error: "it is not a regular file" });
});

Deno.test("what the system refuses is told by its code, without the path", async () => {
  await using folder = await TempFolder.make();
  assertEquals(await readRegularFile(join(folder.path, "nope.wasm"), 5), {
    ok: false,
    error: "the system answered ENOENT",
  });
});
