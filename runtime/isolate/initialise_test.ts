import { assertEquals } from "@std/assert";
import { IMPORT } from "../../tests/guests/fragments.ts";
import { deterministicSystem, INPUT, POOL_BUDGET } from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { initialise } from "./initialise.ts";
import { Isolate } from "./isolate.ts";
import { compileModule } from "./prepare.ts";

/** A module with these definitions, initialised. */
async function initialised(definitions: string) {
  const module = await wat(`(module ${definitions})`);
  const compiled = await compileModule(module, { memoryPages: 16 }, deterministicSystem());
  if (!compiled.ok) throw new Error(compiled.error.message);
  return initialise(compiled.value, deterministicSystem(), 1_000_000);
}

async function refusal(definitions: string): Promise<string> {
  const result = await initialised(definitions);
  return result.ok ? "it is not refused" : `${result.error.code}: ${result.error.message}`;
}

/** Counts every call of everything, in memory and in a global of each type, and prints the counts. */
const COUNTING = `${IMPORT.fd_write} (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00") (data (i32.const 16) "000000")
  (global $i32 (mut i32) (i32.const 48)) (global $i64 (mut i64) (i64.const 48))
  (global $f64 (mut f64) (f64.const 48)) (global $constant i32 (i32.const 1))
  (func $start (i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 1))))
  (start $start)
  (func (export "_initialize")
    (i32.store8 (i32.const 17) (i32.add (i32.load8_u (i32.const 17)) (i32.const 1))))
  (func (export "NAME")
    (i32.store8 (i32.const 18) (i32.add (i32.load8_u (i32.const 18)) (i32.const 1)))
    (global.set $i32 (i32.add (global.get $i32) (i32.const 2)))
    (global.set $i64 (i64.add (global.get $i64) (i64.const 3)))
    (global.set $f64 (f64.add (global.get $f64) (f64.const 4)))
    (drop (memory.grow (i32.const 2))))
  (func (export "run")
    (i32.store8 (i32.const 19) (global.get $i32))
    (i32.store8 (i32.const 20) (i32.wrap_i64 (global.get $i64)))
    (i32.store8 (i32.const 21) (i32.trunc_f64_u (global.get $f64)))
    (global.set $i32 (i32.const 63)) (global.set $i64 (i64.const 63))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store8 (i32.const 16) (i32.const 63)))`;

for (const name of ["wizer.initialize", "wizer-initialize"]) {
  Deno.test(`Every run starts from what ${name} left, which ran once, after what comes before it`, async () => {
    const result = await initialised(COUNTING.replace("NAME", name));
    if (!result.ok) throw new Error(result.error.message);
    const { snapshot, ...compiled } = result.value;
    assertEquals([snapshot?.memoryPages, snapshot?.globals], [3, [50, 51n, 52]]);
    const program = { args: [], files: {}, snapshot };
    const isolate = new Isolate({ id: 1, ...compiled }, deterministicSystem(), program);
    const outputs = Array.from({ length: 3 }, () => {
      const { outcome, stdout } = isolate.run("run", INPUT, POOL_BUDGET)!;
      return [outcome.kind, new TextDecoder().decode(stdout)];
    });
    assertEquals(outputs, Array(3).fill(["ok", "111234"]));
    assertEquals(isolate.instancesCreated, 1);
  });
}

Deno.test("A module without an initialiser, or with one that takes something, is left as it is", async () => {
  for (const definitions of ["", `(func (export "wizer.initialize") (param i32))`]) {
    const result = await initialised(definitions);
    assertEquals(result.ok && result.value.snapshot, undefined);
  }
});

Deno.test("An initialiser that fails, or waits, is an error that says how", async () => {
  const refused = (reason: string) =>
    `invalid_module: Cannot initialise this module: "wizer.initialize" ${reason}`;
  const failure = (body: string, imports = "") =>
    refusal(`${imports} (memory (export "memory") 1) (func (export "wizer.initialize") ${body})`);
  assertEquals(await failure("unreachable"), refused("traps: unreachable"));
  assertEquals(await failure("(loop $on (br $on))"), refused("ends with fuel_exhausted"));
  const exit = "(call $proc_exit (i32.const 3))";
  assertEquals(await failure(exit, IMPORT.proc_exit), refused("exits with code 3"));
});

Deno.test("An initialiser that leaves what cannot be kept is an error", async () => {
  const memory = `(memory (export "memory") 1)`;
  const initialiser = `(func (export "wizer.initialize"))`;
  const refused = (reason: string) => `invalid_module: Cannot initialise this module: ${reason}`;
  const vector = `(global (mut v128) (v128.const i64x2 0 0))`;
  assertEquals(
    await refusal(memory + vector + initialiser),
    refused('what "wizer.initialize" leaves in a global of v128 cannot be kept'),
  );
  assertEquals(
    await refusal(memory + memory.replace('memory"', 'other"') + initialiser),
    refused('what "wizer.initialize" leaves is kept of one memory, and the module has 2'),
  );
  const table = `(table $table 1 funcref) (elem declare func $f) (func $f)
    (func (export "wizer.initialize") (table.set $table (i32.const 0) (ref.func $f)))`;
  assertEquals(
    await refusal(memory + table),
    refused('"wizer.initialize" changes a table or a segment, which cannot be kept'),
  );
});
