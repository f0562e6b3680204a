import { assertEquals } from "@std/assert";
import { FolderHints } from "./change_hints.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import { FunctionRegistry } from "./registry.ts";
import { FakePrepare, TempFolder, until } from "./testing.ts";

Deno.test("the system's hints reach a registry: files are served, replaced and gone in time", async () => {
  await using folder = await TempFolder.make();
  const fake = new FakePrepare();
  const opened = await FunctionRegistry.open({
    folder: folder.path,
    prepare: fake.prepare,
    environment: () => undefined,
    log: () => {},
    hints: (onHint) => new FolderHints(folder.path, onHint),
    // Without the periodic rescan: only hints lead to a scan.
    clock: { ...SYSTEM_CLOCK, after: (ms, callback) => after(ms, callback) },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const registry = opened.value;
  await folder.write("sub/a.wasm", "one");
  await until(() => registry.matchStatic("/sub/a") !== undefined);
  await registry.matchStatic("/sub/a")?.fn.load();
  await folder.write("sub/a.wasm", "two!");
  await until(() => fake.calls.includes("two!"));
  await folder.write("sub/new", "three");
  await folder.rename("sub/new", "sub/a.wasm");
  await until(() => fake.calls.includes("three"));
  await folder.remove("sub");
  await until(() => registry.matchStatic("/sub/a") === undefined);
  await registry.close();
});

function after(ms: number, callback: () => void): () => void {
  return ms >= 2_000 ? () => {} : SYSTEM_CLOCK.after(ms, callback);
}

Deno.test("only new folders are news, also ones made again under their old name", async () => {
  await using folder = await TempFolder.make({ "sub/a.wasm": "one" });
  const hints = new FolderHints(folder.path, () => {});
  assertEquals(hints.update(new Map([["", "1"], ["sub", "2"]])), true);
  assertEquals(hints.update(new Map([["", "1"], ["sub", "2"]])), false);
  assertEquals(hints.update(new Map([["", "1"], ["sub", "3"]])), true);
  assertEquals(hints.update(new Map([["", "1"]])), false);
  hints.close();
});

Deno.test("a folder that cannot be watched harms nothing", async () => {
  await using folder = await TempFolder.make();
  let hintCount = 0;
  const hints = new FolderHints(folder.path, () => hintCount++);
  hints.update(new Map([["", "1"], ["nope", "2"]]));
  await folder.write("a.wasm", "one");
  await until(() => hintCount > 0);
  hints.close();
});
