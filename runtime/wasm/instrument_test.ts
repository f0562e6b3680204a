import { assertEquals } from "@std/assert";
import { instrument } from "./instrument.ts";
import { binary, gcWat, leb, start, wat, withBody } from "./testing.ts";

const OPTIONS = { memoryPages: 10, tableElements: 100 };

/** The refusal's message, after what all of them begin with. */
function refusal(bytes: Uint8Array): string {
  const result = instrument(bytes, OPTIONS);
  if (result.ok) return "taken";
  assertEquals(result.error.code, "invalid_module");
  assertEquals(result.error.message.endsWith(` at offset ${result.error.details.offset}`), true);
  return result.error.message.replace(/^Cannot use this module: /, "");
}

Deno.test("an empty module gets the reserved exports and no more", () => {
  const { exports, info } = start(binary());
  assertEquals(Object.keys(exports), [
    "skerry:snapshot",
    "skerry:reset",
    "skerry:fuel",
    "skerry:state",
    "skerry:trap",
  ]);
  assertEquals(info, {
    imports: [],
    exports: [],
    memories: [],
    initialiser: undefined,
    hasStart: false,
    isRecyclable: true,
    usesExceptions: false,
    codeBytes: 0,
    largestFunctionBytes: 0,
    tableElements: 0,
  });
});

Deno.test("imports and exports are listed with their signatures", () => {
  const result = instrument(
    wat(`(module
    (import "a" "f" (func $f (param i32 i64) (result f32))) (import "a" "g" (global i32))
    (import "a" "m" (memory 1)) (memory $own 2) (table $t 1 externref)
    (func (export "h") (param funcref externref v128) (result i32 f64) unreachable)
    (export "f" (func $f)) (export "m" (memory 0)) (export "own" (memory $own))
    (export "t" (table $t)) (export "g" (global 0)))`),
    OPTIONS,
  );
  if (!result.ok) throw new Error(result.error.message);
  const { info } = result.value;
  assertEquals(info.imports, [
    { module: "a", name: "f", kind: "function", signature: "(i32, i64) -> (f32)" },
    { module: "a", name: "g", kind: "global" },
    { module: "a", name: "m", kind: "memory" },
  ]);
  assertEquals(info.exports, [
    { name: "h", kind: "function", signature: "(funcref, externref, v128) -> (i32, f64)" },
    { name: "f", kind: "function", signature: "(i32, i64) -> (f32)" },
    { name: "m", kind: "memory" },
    { name: "own", kind: "memory", memoryIndex: 0 },
    { name: "t", kind: "table" },
    { name: "g", kind: "global" },
  ]);
  assertEquals(info.memories, [{ initialPages: 2, maximumPages: 9, addressType: "i32" }]);
});

Deno.test("custom sections stay, but for those that tell of code by its offset", () => {
  const custom = (name: string, ...content: number[]): [number, number[]] => {
    const bytes = [...new TextEncoder().encode(name)];
    return [0, [bytes.length, ...bytes, ...content]];
  };
  const result = instrument(
    binary(custom("name", 1), custom("metadata.code.branch_hint", 0), custom("x", 7)),
    OPTIONS,
  );
  if (!result.ok) throw new Error(result.error.message);
  const module = new WebAssembly.Module(result.value.bytes);
  const contents = ["name", "x", "metadata.code.branch_hint"].map((name) =>
    WebAssembly.Module.customSections(module, name).map((content) => [...new Uint8Array(content)])
  );
  assertEquals(contents, [[[1]], [[7]], []]);
});

Deno.test("only modules whose runs can leave marks on kept objects are not recyclable", () => {
  const module = (holder: string, write: string) =>
    gcWat(`(module (type $s (struct (field (mut i32)))) (type $f (func)) (tag $e)
      ${holder} (func (export "f") (local $s (ref null $s)) ${write}))`);
  const write = "(struct.set $s 0 (local.get $s) (i32.const 1))";
  const isRecyclable = (holder: string, code: string) =>
    start(module(holder, code)).info.isRecyclable;
  assertEquals(isRecyclable("(global (ref $s) (struct.new_default $s))", write), false);
  assertEquals(isRecyclable("(global (mut externref) (ref.null extern))", write), false);
  assertEquals(isRecyclable("(global (mut exnref) (ref.null exn))", write), false);
  assertEquals(isRecyclable("(table 1 anyref)", write), false);
  assertEquals(isRecyclable("(elem anyref (struct.new_default $s))", write), false);
  assertEquals(isRecyclable("(global (ref $s) (struct.new_default $s))", ""), true);
  assertEquals(isRecyclable("(global (mut funcref) (ref.null func))", write), true);
  assertEquals(isRecyclable("(global (ref null $f) (ref.null $f)) (table 1 i31ref)", write), true);
});

const MODULE = [1, [1, 0x60, 0, 0]] as [number, number[]];

Deno.test("malformed modules are refused with the offset", () => {
  assertEquals(refusal(new Uint8Array(0)), "the file is empty at offset 0");
  assertEquals(refusal(new Uint8Array([0x00, 0x61])), "unexpected end at offset 2");
  assertEquals(
    refusal(new TextEncoder().encode("#!/bin/sh")),
    "not a WebAssembly binary at offset 0",
  );
  const component = binary();
  component[4] = 0x0d;
  component[6] = 0x01;
  assertEquals(
    refusal(component),
    "a component, not a core module: build it for WASI preview1 (wasm32-wasip1) at offset 4",
  );
  const next = binary();
  next[4] = 0x02;
  assertEquals(refusal(next), "not a core module of version 1 at offset 4");
  assertEquals(refusal(binary([14, []])), "unknown section 14 at offset 8");
  assertEquals(
    refusal(binary(MODULE, MODULE)),
    "section 1 is repeated or out of order at offset 14",
  );
  assertEquals(refusal(binary([1, [1]])), "count exceeds the bytes that are left at offset 10");
  assertEquals(refusal(binary([1, [0, 0]])), "section 1 is longer than its content at offset 11");
  assertEquals(refusal(binary([1, [1, 0x42]])), "unknown type form 0x42 at offset 11");
  assertEquals(refusal(binary([1, [1, 0x60, 1, 0x42]])), "unknown value type 0x42 at offset 13");
  assertEquals(refusal(binary([3, [1, 0]])), "type 0 does not exist at offset 11");
  assertEquals(
    refusal(binary(MODULE, [3, [1, 0]])),
    "0 function bodies for 1 functions at offset 0",
  );
  assertEquals(
    refusal(binary([1, [0x80, 0x80, 0x80, 0x80, 0x10]])),
    "integer does not fit 32 bits at offset 14",
  );
});

Deno.test("function bodies are refused with the offset", () => {
  const code = 8 + 6 + 4 + 5; // where the operators begin
  const at = (reason: string, offset: number) => `${reason} at offset ${code + offset}`;
  assertEquals(refusal(withBody(0x27)), at("unknown opcode 0x27", 0));
  assertEquals(refusal(withBody(0x01, 0xfd, 0xff, 0x03)), at("unknown opcode 0xfd 0x1ff", 1));
  assertEquals(refusal(withBody(0x20, 0)), at("local 0 does not exist", 1));
  assertEquals(refusal(withBody(0x23, 0)), at("global 0 does not exist", 1));
  assertEquals(refusal(withBody(0x10, 1)), at("function 1 does not exist", 1));
  assertEquals(refusal(withBody(0xd2, 1)), at("function 1 does not exist", 1));
  assertEquals(refusal(withBody(0x02, 1)), at("type 1 does not exist", 1));
  assertEquals(refusal(withBody(0xd0, 1)), at("type 1 does not exist", 1));
  assertEquals(refusal(withBody(0x0c, 1)), at("label 1 does not exist", 1));
  assertEquals(refusal(withBody(0x0b)), at("function body goes on after its end", 1));
  assertEquals(refusal(withBody(0x02, 0x40)), at("unexpected end", 3));
  assertEquals(refusal(withBody(0x05)), at("else without if", 0));
  assertEquals(refusal(withBody(0x19)), at("catch without try", 0));
  assertEquals(refusal(withBody(0x18, 0)), at("delegate without try", 0));
  assertEquals(refusal(withBody(0x40, 0)), at("memory 0 does not exist", 1));
  assertEquals(
    refusal(withBody(0x06, 0x40, 0x0b, 0x0a)),
    at("legacy and new exception handling mixed", 3),
  );
});

Deno.test("the rewriter's own globals, functions, types and locals cannot be named", () => {
  // Each of these would be valid in the output, where these indices exist.
  for (let index = 0; index < 12; index++) {
    assertEquals(refusal(withBody(0x42, 0, 0x24, index)).split(" ")[0], "global");
    assertEquals(refusal(withBody(0x42, 0, 0x21, index)).split(" ")[0], "local");
    if (index > 0) assertEquals(refusal(withBody(0x10, index)).split(" ")[0], "function");
    if (index > 0) assertEquals(refusal(withBody(0x02, index, 0x0b)).split(" ")[0], "type");
  }
  const withFunction = (...sections: [number, number[]][]) =>
    refusal(binary(MODULE, [3, [1, 0]], ...sections, [10, [1, 2, 0, 0x0b]])).split(" ")[0];
  assertEquals(withFunction([7, [1, 1, 0x61, 0, 1]]), "function");
  assertEquals(withFunction([7, [1, 1, 0x61, 3, 0]]), "global");
  assertEquals(withFunction([8, [1]]), "function");
  assertEquals(withFunction([4, [1, 0x70, 0, 1]], [9, [1, 0, 0x41, 0, 0x0b, 1, 1]]), "function");
  assertEquals(withFunction([9, [1, 5, 0x70, 1, 0xd2, 1, 0x0b]]), "function");
  assertEquals(withFunction([6, [1, 0x70, 0, 0xd2, 1, 0x0b]]), "function");
  assertEquals(withFunction([6, [1, 0x7e, 0, 0x23, 0, 0x0b]]), "global");
});

Deno.test("reserved export names are refused", () => {
  const bytes = wat('(module (func (export "skerry:fuel")))');
  assertEquals(refusal(bytes), "export name skerry:fuel is reserved at offset 21");
});

Deno.test("a start function must take and return nothing", () => {
  const text = "(module (func $f (param i32)) (start $f))";
  assertEquals(refusal(wat(text)), "start function has parameters or results at offset 21");
});

Deno.test("what is over a limit is refused with the numbers", () => {
  const result = instrument(wat("(module (memory 6) (memory 5))"), OPTIONS);
  assertEquals(result, {
    ok: false,
    error: {
      code: "invalid_module",
      message:
        "Cannot use this module: 11 initial memory pages exceed the limit of 10 at offset 11",
      details: { offset: 11, memory_pages: 11, limit_pages: 10 },
    },
  });
  assertEquals(
    refusal(wat("(module (table 60 funcref) (table 41 externref))")),
    "101 initial table elements exceed the limit of 100 at offset 12",
  );
  assertEquals(
    refusal(binary([5, [5, ...Array(10).fill(0)]])),
    "more than 4 memories at offset 19",
  );
  const parameters = [1, 0x60, 0xe9, 7, ...Array(1001).fill(0x7f), 0];
  assertEquals(
    refusal(binary([1, parameters])),
    "a function type has 1001 values, at most 1000 at offset 13",
  );
  assertEquals(refusal(binary([5, [1, 3, 1, 1]])), "shared memory is not supported at offset 11");
  assertEquals(refusal(binary([5, [1, 8, 1, 0]])), "unknown memory limits flags 0x8 at offset 11");
  assertEquals(refusal(binary([5, [1, 1, 2, 1]])), "memory maximum is below initial at offset 11");
  const tables = Array.from({ length: 1001 }, () => [0x70, 0, 0]).flat();
  assertEquals(
    refusal(binary([4, [...leb(1001), ...tables]])),
    "1001 entries in section 4, more than 1000 at offset 11",
  );
});

Deno.test("a table keeps the value it is filled with", () => {
  // A table of 2 to 5 function references, of which each is function 0.
  const table = [0x40, 0, 0x70, 1, 2, 5, 0xd2, 0, 0x0b];
  const body = [0, 0x41, 1, 0x25, 0, 0xd1, 0x0b]; // (ref.is_null (table.get 0 (i32.const 1)))
  const { exports } = start(binary(
    [1, [1, 0x60, 0, 1, 0x7f]],
    [3, [1, 0]],
    [4, [1, ...table]],
    [7, [1, 1, 0x66, 0, 0]],
    [10, [1, body.length, ...body]],
  ));
  assertEquals(exports.f!(), 0);
});

Deno.test("objects made at instantiation are bounded", () => {
  const array = [0x5e, 0x7e, 0];
  const global = (...length: number[]) => [0x64, 0, 0, ...length, 0xfb, 7, 0, 0x0b];
  const module = (...globals: number[][]) =>
    binary([1, [1, ...array]], [6, [globals.length, ...globals.flat()]]);
  const large = global(0x41, ...leb(60_000)); // 480,000 bytes of the 655,360 allowed
  assertEquals(refusal(module(large)), "taken");
  assertEquals(
    refusal(module(large, large)),
    "960048 bytes of initial objects, more than 655360 at offset 0",
  );
  assertEquals(
    refusal(module(global(0x41, 1, 0x41, 1, 0x6a))),
    "array length is not a plain constant at offset 25",
  );
});

Deno.test("a body of too many locals for the added ones is refused", () => {
  const body = [1, ...leb(49_998), 0x7f, 0x0b];
  const bytes = binary(MODULE, [3, [1, 0]], [10, [1, ...leb(body.length), ...body]]);
  assertEquals(refusal(bytes), "49998 locals in a function at offset 23");
});

Deno.test("huge counts cost nothing", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 13, 11, 10]) {
    assertEquals(refusal(binary([id, huge])) === "taken", false);
  }
  assertEquals(refusal(withBody(0x0e, ...huge)) === "taken", false);
});

Deno.test("a select of 257 types, which V8 takes for one, is refused", () => {
  const types = Array(257).fill(0x7f);
  assertEquals(
    refusal(withBody(0x00, 0x1c, 0x81, 0x02, ...types)),
    "select has not exactly one type at offset 27",
  );
});

Deno.test("very deep nesting is no trouble", () => {
  const depth = 20_000;
  const open = Array.from({ length: depth }, () => [0x02, 0x40]).flat();
  const bytes = withBody(...open, ...Array(depth).fill(0x0b));
  assertEquals(refusal(bytes), "taken");
});
