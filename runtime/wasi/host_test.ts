import { assertEquals } from "@std/assert";
import createWabt from "wabt";
import { WasiHost } from "./host.ts";
import { secureRandom } from "./random.ts";
import { PREVIEW1_SIGNATURES } from "./signatures.ts";
import { isStopSignal } from "./stop_signal.ts";
import { systemClock } from "./system_clock.ts";
import { FakeIo, Guest } from "./testing.ts";

const wabt = await createWabt();

/** Runs a module's `_start` in a host of its own; answers the host. */
function runWat(wat: string, io: FakeIo): { host: WasiHost; exports: WebAssembly.Exports } {
  const parsed = wabt.parseWat("test.wat", wat, { exceptions: true });
  const module = new WebAssembly.Module(parsed.toBinary({}).buffer as Uint8Array<ArrayBuffer>);
  const host = new WasiHost({ clock: systemClock, random: secureRandom });
  const { exports } = new WebAssembly.Instance(module, host.imports);
  const trap = exports.trap as (() => never) | undefined;
  host.bind(exports.memory as WebAssembly.Memory, trap);
  host.begin(io, { deadlineMs: Infinity, hostCalls: Infinity });
  try {
    (exports._start as () => void)();
  } catch (thrown) {
    if (!isStopSignal(thrown) && trap === undefined) throw thrown;
  }
  return { host, exports };
}

Deno.test("the imports are exactly the functions of preview1, with as many parameters", () => {
  const { call } = new Guest();
  assertEquals(Object.keys(call).sort(), [...PREVIEW1_SIGNATURES.keys()].sort());
  for (const [name, signature] of PREVIEW1_SIGNATURES) {
    const parameters = signature.slice(1, signature.indexOf(")")).split(",").filter(Boolean);
    assertEquals(call[name]!.length, parameters.length, name);
  }
});

Deno.test("a module writes a line and exits", () => {
  const io = new FakeIo();
  const { host } = runWat(
    `(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
      (func (export "_start")
        (call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))
        unreachable))`,
    io,
  );
  assertEquals(io.text("stdout"), "hello\n");
  assertEquals(host.stopped, { kind: "exit", exitCode: 0 });
});

Deno.test("a module that grows its memory between calls is still read right", () => {
  const io = new FakeIo();
  runWat(
    `(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00\\00\\00\\01\\00\\01\\00\\00\\00a")
      (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))
        (drop (memory.grow (i32.const 1)))
        (i32.store8 (i32.const 65536) (i32.const 98))
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 100)))))`,
    io,
  );
  assertEquals(io.text("stdout"), "ab");
});

Deno.test("a module cannot catch the end of its run when there is a trap to call", () => {
  const io = new FakeIo();
  const { host, exports } = runWat(
    `(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (global $swallowed (export "swallowed") (mut i32) (i32.const 0))
      (func (export "trap") unreachable)
      (func (export "_start")
        (try (do (call $exit (i32.const 4)))
             (catch_all (global.set $swallowed (i32.const 1))))))`,
    io,
  );
  assertEquals(host.stopped, { kind: "exit", exitCode: 4 });
  assertEquals((exports.swallowed as WebAssembly.Global).value, 0);
});

Deno.test("a module that swallows the stop signal is stopped again by its next call", () => {
  const io = new FakeIo();
  const { host, exports } = runWat(
    `(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      (memory (export "memory") 1)
      (global $after (export "after") (mut i32) (i32.const 0))
      (func (export "_start")
        (try (do (call $exit (i32.const 4))) (catch_all))
        (drop (call $yield))
        (global.set $after (i32.const 1))))`,
    io,
  );
  assertEquals(host.stopped, { kind: "exit", exitCode: 4 });
  assertEquals((exports.after as WebAssembly.Global).value, 0);
});

Deno.test("begin reopens what the run before closed, renumbered or gave up", () => {
  const guest = new Guest();
  const rights = (fd: number) => {
    guest.call.fd_fdstat_get!(fd, 200);
    return guest.u64(208);
  };
  const before = [0, 1, 2].map(rights);
  assertEquals(guest.call.fd_fdstat_set_rights!(1, 0n, 0n), 0);
  assertEquals(guest.call.fd_close!(0), 0);
  assertEquals(guest.call.fd_renumber!(2, 1), 0);
  assertEquals(guest.call.fd_close!(2), 8);
  guest.begin();
  assertEquals([0, 1, 2].map(rights), before);
});

Deno.test("the page on this host lists every function", async () => {
  const page = await Deno.readTextFile(new URL("./README.md", import.meta.url));
  for (const name of PREVIEW1_SIGNATURES.keys()) {
    assertEquals(page.includes(`\`${name}\``), true, name);
  }
});
