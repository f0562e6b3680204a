import { assertEquals, assertMatch } from "@std/assert";
import { wat } from "../../../tests/support/wat.ts";
import { adaptEngine, ANSWER } from "./adapt.ts";
import { loadJavaScriptModule } from "./engine.ts";

Deno.test("The engine becomes a module that imports WASI alone", async () => {
  const module = await loadJavaScriptModule({});
  if (!module.ok) throw new Error(module.error.message);
  const compiled = await WebAssembly.compile(module.value);
  const imports = WebAssembly.Module.imports(compiled);
  assertEquals(new Set(imports.map(({ module }) => module)), new Set(["wasi_snapshot_preview1"]));
  const exports = WebAssembly.Module.exports(compiled).map(({ name }) => name);
  assertEquals([exports.includes(ANSWER), exports.includes("_initialize")], [true, false]);
});

Deno.test("What is no such engine is refused", async () => {
  const others = [
    new Uint8Array(8),
    await wat(`(module)`),
    await wat(`(module (import "env" "a" (func)) (func (export "b")))`),
    await wat(`(module (import "env" "a" (global i32)) (func (export "b")))`),
  ];
  for (const other of others) {
    const { ok, ...result } = adaptEngine(other);
    assertEquals(ok, false);
    assertMatch(JSON.stringify(result), /invalid_module.*Cannot use this QuickJS/);
  }
});
