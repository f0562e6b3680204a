import { assertEquals, assertMatch } from "@std/assert";
import { wat } from "../../../tests/support/wat.ts";
import { makeResumable, RESUME, STACK_POINTER } from "./resumable.ts";

/** What `makeResumable` needs of a module: both imports, a stack pointer, a memory, a function table. */
const PYTHON_LIKE = `(module
  (type $get (func (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $get (type $get)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (type $get)))
  (memory (export "memory") 2)
  (table 2 funcref)
  (global $sp (mut i32) (i32.const 1024))
  (func $vectorcall (param $callable i32) (param i32 i32 i32) (result i32)
    (i32.store (i32.const 200) (local.get $callable))
    (i32.store (i32.const 204) (global.get $sp))
    (i32.const 0))
  (elem (i32.const 1) $vectorcall)
  (func (export "_start")))`;

function writeEnviron(memory: WebAssembly.Memory, text: string): WebAssembly.ModuleImports {
  const bytes = new TextEncoder().encode(text);
  const count = text.split("\0").length - 1;
  return {
    environ_sizes_get: (countAt: number, sizeAt: number) => {
      const view = new DataView(memory.buffer);
      view.setUint32(countAt, count, true);
      view.setUint32(sizeAt, bytes.length, true);
      return 0;
    },
    environ_get: (_: number, bytesAt: number) => {
      new Uint8Array(memory.buffer).set(bytes, bytesAt);
      return 0;
    },
  };
}

async function resume(environ: string) {
  const made = makeResumable(await wat(PYTHON_LIKE));
  if (!made.ok) throw new Error(made.error.message);
  const late: WebAssembly.ModuleImports = {};
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(made.value), {
    wasi_snapshot_preview1: {
      environ_get: (...args: number[]) => (late.environ_get as CallableFunction)(...args),
      environ_sizes_get: (...args: number[]) =>
        (late.environ_sizes_get as CallableFunction)(...args),
    },
  });
  const memory = exports.memory as WebAssembly.Memory;
  Object.assign(late, writeEnviron(memory, environ));
  new Uint32Array(memory.buffer, 16).set([960, 4242, 1, 300]);
  (exports[RESUME] as () => void)();
  const word = (at: number) => new DataView(memory.buffer).getUint32(at, true);
  const bytes = new Uint8Array(memory.buffer, word(320), word(308));
  return {
    environ: new TextDecoder().decode(bytes),
    isSame: word(316) === word(320) && word(312) === word(308),
    callable: word(200),
    stack: word(204),
    exported: (exports[STACK_POINTER] as WebAssembly.Global).value,
    pages: memory.buffer.byteLength / 65536,
  };
}

Deno.test("Resuming calls what the memory names, with the environment below its stack", async () => {
  const environ = "A=b\0C=d\0";
  const found = await resume(environ);
  assertEquals(found, {
    environ,
    isSame: true,
    callable: 4242,
    stack: 944,
    exported: 944,
    pages: 2,
  });
});

Deno.test("An environment that is large for a stack gets memory of its own", async () => {
  const environ = `A=${"b".repeat(70_000)}\0`;
  const found = await resume(environ);
  assertEquals([found.environ === environ, found.stack, found.pages], [true, 960, 4]);
});

Deno.test("What does not ask for its environment, or is no module, is refused", async () => {
  const other = makeResumable(await wat(`(module (func (export "_start")))`));
  assertMatch(
    other.ok ? "" : other.error.message,
    /Cannot use this Python: it does not import environ_sizes_get/,
  );
  const broken = makeResumable(new Uint8Array([0, 1, 2]));
  assertEquals(broken.ok ? "" : broken.error.code, "invalid_module");
});
