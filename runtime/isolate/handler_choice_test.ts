import { assertEquals } from "@std/assert";
import type { ExportInfo } from "../wasm/module_info.ts";
import { chooseHandler } from "./handler_choice.ts";
import { EMPTY_INFO } from "./testing.ts";

const START: ExportInfo = { name: "_start", kind: "function", signature: "() -> ()" };
function fn(name: string, signature = "() -> ()"): ExportInfo {
  return { name, kind: "function", signature };
}

function choose(exports: readonly ExportInfo[], configured?: string): string {
  const handler = chooseHandler({ ...EMPTY_INFO, exports }, configured, "a.wasm");
  return handler.ok ? handler.value : `${handler.error.code}: ${handler.error.message}`;
}

Deno.test("the configured handler comes first, then _start, then run", () => {
  assertEquals(choose([START, fn("run"), fn("convert")], "convert"), "convert");
  assertEquals(choose([START, fn("run")]), "_start");
  assertEquals(choose([fn("run", "() -> (i32)"), fn("other")]), "run");
});

Deno.test("what an initialiser prepared is resumed, where the module says how", () => {
  const exports = [START, fn("wizer.resume"), fn("convert")];
  const initialiser = { name: "wizer.initialize", mutableGlobals: 0 };
  const choice = (configured?: string) =>
    chooseHandler({ ...EMPTY_INFO, exports, initialiser }, configured, "a.wasm");
  assertEquals(choice(), { ok: true, value: "wizer.resume" });
  assertEquals(choice("convert"), { ok: true, value: "convert" });
  assertEquals(choose(exports), "_start");
});

Deno.test("a missing handler is an error that lists the functions there are", () => {
  assertEquals(
    choose([fn("add"), { name: "memory", kind: "memory" }]),
    'invalid_module: Cannot run a.wasm: it exports neither "_start" nor "run"; ' +
      'its functions are "add"',
  );
  assertEquals(
    choose([], "convert"),
    'invalid_module: Cannot run a.wasm: it exports no "convert"; it exports no functions',
  );
  const many = Array.from({ length: 12 }, (_, i) => fn(`f${i}`));
  assertEquals(choose(many).endsWith('"f8", "f9" and 2 more'), true);
});

Deno.test("a handler that is no function, or takes or returns something else, is an error", () => {
  assertEquals(choose([{ name: "run", kind: "global" }]).startsWith("invalid_module"), true);
  for (const signature of ["(i32) -> ()", "() -> (i64)", "() -> (i32, i32)"]) {
    assertEquals(
      choose([fn("run", signature)]),
      `invalid_module: Cannot run a.wasm: "run" is ${signature}, expected () -> () or () -> (i32)`,
    );
  }
});
