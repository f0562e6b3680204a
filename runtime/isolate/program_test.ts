import { assertEquals } from "@std/assert";
import { fileGuest } from "../../tests/guests/files.ts";
import { IMPORT } from "../../tests/guests/fragments.ts";
import { GUESTS } from "../../tests/guests/guests.ts";
import {
  deterministicSystem,
  INPUT,
  POOL_BUDGET,
  prepareGuest,
} from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { Isolate } from "./isolate.ts";
import type { Program } from "./program.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function newIsolate(bytes: Uint8Array<ArrayBuffer>, program: Partial<Program>) {
  const prepared = await prepareGuest(bytes);
  return new Isolate(prepared, deterministicSystem(), { args: [], files: {}, ...program });
}

function run(isolate: Isolate, handler = "_start") {
  const result = isolate.run(handler, INPUT, POOL_BUDGET)!;
  const { kind, ...details } = result.outcome;
  return [kind, ...Object.values(details), new TextDecoder().decode(result.stdout)];
}

/** Prints the byte at 1024, then changes it, and another one in each page. */
const COUNTING = `(module ${IMPORT.fd_write} (memory (export "memory") 1)
  (data (i32.const 0) "\\00\\04\\00\\00\\01\\00\\00\\00") (data (i32.const 1024) "m")
  (func (export "_start") (local $at i32)
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store8 (i32.const 1024) (i32.const 33))
    (loop $next
      (if (i32.load8_u offset=100 (local.get $at)) (then (unreachable)))
      (i32.store8 offset=100 (local.get $at) (i32.const 33))
      (local.set $at (i32.add (local.get $at) (i32.const 65536)))
      (br_if $next (i32.lt_u (local.get $at) (i32.shl (memory.size) (i32.const 16)))))))`;

Deno.test("Every run starts from the snapshot instead of the module's data", async () => {
  const iovec = { start: 0, bytes: Uint8Array.of(0, 4, 0, 0, 1, 0, 0, 0) };
  const snapshot = { memoryPages: 3, extents: [iovec, { start: 1024, bytes: encode("s") }] };
  const isolate = await newIsolate(await wat(COUNTING), { snapshot });
  assertEquals([run(isolate), run(isolate), run(isolate)], Array(3).fill(["ok", "s"]));
  assertEquals([isolate.instancesCreated, isolate.memoryPages], [1, 3]);
});

Deno.test("What the snapshot does not hold is zero, also where the module has data", async () => {
  const iovec = { start: 0, bytes: Uint8Array.of(0, 4, 0, 0, 1, 0, 0, 0) };
  const isolate = await newIsolate(await wat(COUNTING), {
    snapshot: { memoryPages: 1, extents: [iovec] },
  });
  assertEquals(run(isolate), ["ok", "\0"]);
});

Deno.test("Two isolates of one module start from their own snapshots", async () => {
  const prepared = await prepareGuest(await wat(COUNTING));
  const outputs = ["a", "b"].map((text) => {
    const iovec = { start: 0, bytes: Uint8Array.of(0, 4, 0, 0, 1, 0, 0, 0) };
    const extents = [iovec, { start: 1024, bytes: encode(text) }];
    const snapshot = { memoryPages: 1, extents };
    return new Isolate(prepared, deterministicSystem(), { args: [], files: {}, snapshot });
  }).map((isolate) => run(isolate));
  assertEquals(outputs, [["ok", "a"], ["ok", "b"]]);
});

Deno.test("A snapshot that was not checked ends the run, nothing else", async () => {
  const isolate = await newIsolate(await wat(COUNTING), {
    snapshot: { memoryPages: 257, extents: [] },
  });
  assertEquals(run(isolate).slice(0, 2), ["trapped", "allocation_failed"]);
});

Deno.test("A program's files are there in every run and cannot be changed", async () => {
  const files = { "/app/hello.txt": encode("from memory") };
  const reading = await newIsolate(await fileGuest("hello.txt", false), { files });
  assertEquals([run(reading), run(reading)], Array(2).fill(["ok", "from memory"]));
  const writing = await newIsolate(await fileGuest("hello.txt", true), { files });
  const EROFS = 69;
  assertEquals(run(writing), ["exited", EROFS, "from memory"]);
});

Deno.test("Files in folders below are found, whatever they are called", async () => {
  const files = { "/app/__proto__/a": encode("deep"), "/app/b": encode("other") };
  const isolate = await newIsolate(await fileGuest("__proto__/a", false), { files });
  assertEquals(run(isolate), ["ok", "deep"]);
});

Deno.test("Arguments of a program stand behind the name and before the request's", async () => {
  const isolate = await newIsolate(await GUESTS.dumpEnvironment(), { args: ["-I", "/app/é.py"] });
  const input = {
    ...INPUT,
    args: () => ({ bytes: encode("/f\0name=Ada\0"), count: 2 }),
  };
  const { stdout } = isolate.run("_start", input, POOL_BUDGET)!;
  assertEquals(
    new TextDecoder().decode(stdout).split("\n").filter((line) => line.startsWith("arg")),
    ["arg: /f", "arg: -I", "arg: /app/é.py", "arg: name=Ada"],
  );
});

Deno.test("Variables of a program stand before the request's", async () => {
  const isolate = await newIsolate(await GUESTS.dumpEnvironment(), {
    environ: { SCRIPT_FILENAME: "/app/é.php", EMPTY: "" },
  });
  const input = { ...INPUT, environ: () => ({ bytes: encode("A=1\0"), count: 1 }) };
  const variables = () =>
    new TextDecoder().decode(isolate.run("_start", input, POOL_BUDGET)!.stdout)
      .split("\n").filter((line) => line.startsWith("env"));
  const expected = ["env: SCRIPT_FILENAME=/app/é.php", "env: EMPTY=", "env: A=1"];
  assertEquals([variables(), variables()], [expected, expected]);
});
