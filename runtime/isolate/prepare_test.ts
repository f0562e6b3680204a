import { assertEquals, assertMatch } from "@std/assert";
import { GUESTS } from "../../tests/guests/guests.ts";
import { deterministicSystem } from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { compileModule } from "./prepare.ts";

async function refusal(bytes: Uint8Array<ArrayBuffer>, memoryPages = 256): Promise<string> {
  const compiled = await compileModule(bytes, { memoryPages }, deterministicSystem());
  return compiled.ok ? "not refused" : `${compiled.error.code}: ${compiled.error.message}`;
}

Deno.test("A module that passes is compiled, and described", async () => {
  const compiled = await compileModule(
    await GUESTS.reactor(),
    { memoryPages: 256 },
    deterministicSystem(),
  );
  if (!compiled.ok) throw new Error(compiled.error.message);
  assertEquals(compiled.value.module instanceof WebAssembly.Module, true);
  const names = compiled.value.info.exports.map(({ name }) => name);
  assertEquals(names, ["memory", "_initialize", "run", "other"]);
});

Deno.test("What the rewriter refuses is refused with its reason", async () => {
  assertMatch(await refusal(await GUESTS.notWasm()), /^invalid_module: Cannot use this module: /);
});

Deno.test("A module over the memory limit from the start is refused", async () => {
  const module = await wat(`(module (memory 17) (func (export "_start")))`);
  assertMatch(await refusal(module, 16), /17 initial memory pages exceed the limit of 16/);
  assertEquals(await refusal(module, 17), "not refused");
});

Deno.test("An import that is not provided is refused before anything is compiled", async () => {
  assertMatch(await refusal(await GUESTS.unknownImport()), /it imports function "env" "mystery"/);
});

Deno.test("What V8 refuses is refused in its words, without offsets into the rewritten module", async () => {
  const message = await refusal(await GUESTS.invalidBody());
  assertMatch(message, /^invalid_module: Cannot use this module: Compiling function #0/);
  assertEquals(/@\+\d|WebAssembly\./.test(message), false);
});

Deno.test("A segment out of bounds is found before the first request", async () => {
  const data = await wat(`(module (memory 1) (data (i32.const 65535) "ab"))`);
  assertMatch(await refusal(data), /^invalid_module: Cannot use this module: data segment/);
  const elements = await wat(`(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))`);
  assertMatch(await refusal(elements), /^invalid_module: Cannot use this module: /);
});

Deno.test("Preparing a module runs nothing of it", async () => {
  assertEquals(await refusal(await GUESTS.trappingStartFunction()), "not refused");
  assertEquals(await refusal(await GUESTS.endlessStartFunction()), "not refused");
});
