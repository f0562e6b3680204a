import { assertEquals, assertMatch } from "@std/assert";
import { wat } from "../../../tests/support/wat.ts";
import { errorOf, valueOf } from "../../../tests/support/results.ts";
import { captureSnapshot } from "../../isolate/snapshot.ts";
import { PAUSES, splitProgram } from "./resumable.ts";

/** Words in which the program counts what it does. */
const COUNT = { openings: 204, starts: 208, shutdowns: 212, status: 216, frame: 220 } as const;

/** What `splitProgram` needs of a program: a start, a loop that asks for SCRIPT_FILENAME, a shutdown. */
function phpLike(landmark = "SCRIPT_FILENAME"): string {
  const increment = (at: number) =>
    `(i32.store (i32.const ${at}) (i32.add (i32.load (i32.const ${at})) (i32.const 1)))`;
  return `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 1024) "S\\00${landmark}\\00")
    (global $sp (mut i32) (i32.const 4096))
    (func $shutDown ${increment(COUNT.shutdowns)})
    (func (export "_start") (local $frame i32) (local $code i32)
      (if (i32.eqz (i32.load (i32.const 200))) (then
        (i32.store (i32.const 200) (i32.const 1))
        ${increment(COUNT.openings)}
        (i32.store (i32.sub (global.get $sp) (i32.const 4)) (i32.const 77))
        (local.set $code (block $main (result i32)
          (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
          (local.set $frame (global.get $sp))
          (i32.store offset=12 (local.get $frame) (i32.const 5))
          ${increment(COUNT.starts)}
          (block $done
            (loop $requests
              (drop (i32.load8_u (i32.const 1026)))
              (i32.store (i32.const ${COUNT.frame}) (i32.load offset=12 (local.get $frame)))
              (br_if $requests (i32.const 0))
              (br $done)))
          (call $shutDown)
          (i32.load (i32.const ${COUNT.status}))))
        (call $exit (local.get $code))))
      (unreachable)))`;
}

/** Runs `_start`, with these words set before. */
function run(module: Uint8Array<ArrayBuffer>, words: Readonly<Record<number, number>>) {
  let exitCode = -1;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), {
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        exitCode = code;
        throw new Error("exit");
      },
    },
  });
  const { buffer } = exports.memory as WebAssembly.Memory;
  const view = new DataView(buffer);
  for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
  try {
    (exports._start as () => void)();
  } catch {
    // The exit, or a trap, which leaves the code at -1.
  }
  const count = (name: keyof typeof COUNT) => view.getUint32(COUNT[name], true);
  return { exitCode, count, buffer };
}

Deno.test("The first half starts the program, and ends before the first request if it is told to", async () => {
  const { starting } = valueOf(splitProgram(await wat(phpLike())));
  const { exitCode, count } = run(starting, { [PAUSES]: 1 });
  assertEquals([exitCode, count("starts"), count("frame"), count("shutdowns")], [0, 1, 0, 0]);
  const whole = run(starting, { [COUNT.status]: 3 });
  assertEquals([whole.exitCode, whole.count("starts"), whole.count("shutdowns")], [3, 1, 1]);
});

Deno.test("The second half goes on from there: it opens, answers, and shuts nothing down", async () => {
  const { starting, answering } = valueOf(splitProgram(await wat(phpLike())));
  const second = answering(captureSnapshot(run(starting, { [PAUSES]: 1 }).buffer));
  const { exitCode, count } = run(second, {});
  assertEquals([exitCode, count("openings"), count("starts"), count("shutdowns")], [0, 2, 1, 0]);
  // What opens the directories has not written over what `main` keeps on the stack.
  assertEquals(count("frame"), 5);
});

Deno.test("The second half's exit code is 255 for an uncaught error, else 0", async () => {
  const { starting, answering } = valueOf(splitProgram(await wat(phpLike())));
  const second = answering(captureSnapshot(run(starting, { [PAUSES]: 1 }).buffer));
  const codes = [0, 1, 3, 254, 255].map((status) =>
    run(second, { [COUNT.status]: status }).exitCode
  );
  assertEquals(codes, [0, 0, 0, 0, 255]);
});

Deno.test("Another program is refused", async () => {
  const refusal = (module: Uint8Array) => errorOf(splitProgram(module)).message;
  assertMatch(
    refusal(await wat(phpLike("OTHER"))),
    /^Cannot use this PHP: it does not mention SCRIPT_FILENAME$/,
  );
  const empty =
    `(module (memory 1) (data (i32.const 8) "SCRIPT_FILENAME\\00") (func (export "_start")))`;
  assertMatch(refusal(await wat(empty)), /it has no loop for requests$/);
  assertMatch(refusal(Uint8Array.of(1, 2, 3)), /^Cannot use this PHP: not a WebAssembly binary$/);
});
