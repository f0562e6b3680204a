import { assertEquals, assertThrows } from "@std/assert";
import { deterministicSystem, prepareGuest } from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { WasiHost } from "../wasi/host.ts";
import { STATE } from "../wasm/reserved.ts";
import { bindHost, type Instance, instantiate, memoryPages } from "./instance.ts";

async function setUp(source: string) {
  const prepared = await prepareGuest(await wat(source));
  const host = new WasiHost(deterministicSystem());
  const instance = instantiate(prepared, host.imports);
  bindHost(host, instance, prepared.info);
  return { instance, host };
}

function call(instance: Instance, name: string): unknown {
  return (instance.exports[name] as () => unknown)();
}

Deno.test("Pages are counted over all memories, also after growing", async () => {
  const { instance } = await setUp(`(module (memory 2) (memory 3 9)
    (func (export "grow") (drop (memory.grow 1 (i32.const 4)))))`);
  assertEquals(memoryPages(instance), 5);
  assertEquals(instance.views.map((view) => view.length / 65536), [2, 3]);
  instance.reset(1000, -1);
  call(instance, "grow");
  assertEquals(memoryPages(instance), 9);
});

Deno.test("Globals go back to what they were right after instantiation", async () => {
  const { instance } = await setUp(`(module (global $g (mut i32) (i32.const 7))
    (func (export "bump") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))`);
  for (let run = 0; run < 3; run++) {
    instance.reset(1000, -1);
    assertEquals(call(instance, "bump"), 8);
  }
});

Deno.test("The start function does not run at instantiation: it too needs fuel", async () => {
  const { instance } = await setUp(
    `(module (func $start (unreachable)) (start $start) (func (export "_start")))`,
  );
  assertEquals(instance.state(), 0);
});

Deno.test("Fuel and what the meter saw are told", async () => {
  const { instance } = await setUp(
    `(module (func (export "loop") (loop $again (br $again))))`,
  );
  instance.reset(1000, -1);
  assertThrows(() => call(instance, "loop"), WebAssembly.RuntimeError);
  assertEquals(instance.state() & STATE.outOfFuel, STATE.outOfFuel);
  assertEquals(instance.fuel() >= 1000, true);
});

Deno.test("A run of a module that uses exceptions is ended by a trap, which it cannot catch", async () => {
  const source = (body: string) =>
    `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") ${body}))`;
  const catching = "(block $caught (try_table (catch_all $caught) (call $exit (i32.const 3))))";
  const thrownBy = async (body: string) => {
    const { instance, host } = await setUp(source(body));
    instance.reset(1000, -1);
    const io = {
      args: () => ({ bytes: new Uint8Array(0), count: 0 }),
      environ: () => ({ bytes: new Uint8Array(0), count: 0 }),
      stdin: { read: () => 0 },
      stdout: { write: () => 0 },
      stderr: { write: () => 0 },
    };
    host.begin(io, { deadlineMs: Infinity, hostCalls: Infinity });
    try {
      call(instance, "_start");
    } catch (thrown) {
      assertEquals(host.stopped, { kind: "exit", exitCode: 3 });
      return thrown instanceof WebAssembly.RuntimeError ? "trap" : "exception";
    }
    return "nothing";
  };
  assertEquals(await thrownBy(catching), "trap");
  assertEquals(await thrownBy("(call $exit (i32.const 3))"), "exception");
});
