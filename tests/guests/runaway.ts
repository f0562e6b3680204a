/** Guests that use up something: time, fuel, stack, memory, output. */
import { gcWat, wat } from "../support/wat.ts";
import { type BuildGuest, command, IMPORT, MEMORY, PRINT } from "./fragments.ts";

/** A subscription to the monotonic clock at address 64, so many milliseconds from now. */
function clockSubscription(timeoutMs: number): string {
  return `(i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const ${timeoutMs * 1_000_000}))`;
}

/** Sleeps so long by `poll_oneoff`, then prints `awake`. */
export function sleeper(timeoutMs: number): BuildGuest {
  return () =>
    wat(`(module ${IMPORT.fd_write} ${IMPORT.poll_oneoff} ${MEMORY} ${PRINT}
      (data (i32.const 16) "awake\\n")
      (func (export "_start")
        ${clockSubscription(timeoutMs)}
        (drop (call $poll_oneoff (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 192)))
        (call $print (i32.const 16) (i32.const 6))))`);
}

/** Allocates garbage-collected objects for ever; `keep` says what becomes of each. */
function allocator(object: string, keep: boolean): BuildGuest {
  const node = `(struct.new $node ${object} (local.get $list))`;
  return () =>
    gcWat(`(module
      (type $bytes (array (mut i8)))
      (type $node (struct (field anyref) (field (ref null $node))))
      (memory (export "memory") 1)
      (func (export "_start") (local $list (ref null $node))
        (loop $more ${keep ? `(local.set $list ${node})` : `(drop ${node})`} (br $more))))`);
}

const MEGABYTE = "(array.new $bytes (i32.const 1) (i32.const 1048576))";

export const RUNAWAY = {
  /** Loops without end and without a host call. Ends by fuel. */
  endlessLoop: command("(loop $again (br $again))"),
  /** Calls itself by `return_call`: no loop, no stack, no end. Ends by fuel. */
  endlessTailCall: command("(call $again)", "(func $again (return_call $again))"),
  /** Calls itself through a table, the tail-call way. Ends by fuel. */
  endlessIndirectTailCall: command(
    "(call $again)",
    `(type $void (func)) (table 1 funcref) (elem (i32.const 0) $again)
     (func $again (return_call_indirect (type $void) (i32.const 0)))`,
  ),
  /** Recurses without end. Traps: stack_overflow. */
  endlessRecursion: command("(call $deeper)", "(func $deeper (call $deeper) (nop))"),
  /** Recurses without end in large frames: less fuel until the stack ends. Traps: stack_overflow. */
  endlessWideRecursion: command(
    "(drop (call $deeper (i64.const 1)))",
    `(func $deeper (param $x i64) (result i64) (local ${"i64 ".repeat(200)})
      ${Array.from({ length: 200 }, (_, i) => `(local.set ${i + 1} (local.get $x))`).join(" ")}
      (call $deeper (i64.add (local.get $x) (i64.const 1)))
      ${Array.from({ length: 200 }, (_, i) => `(i64.add (local.get ${i + 1}))`).join(" ")})`,
  ),
  /** Grows its memory page by page and touches each, until refused; then unreachable. Over its memory. */
  memoryBomb: command(
    `(local $pages i32)
     (loop $more
       (local.set $pages (memory.grow (i32.const 1)))
       (if (i32.eq (local.get $pages) (i32.const -1)) (then (unreachable)))
       (i32.store (i32.shl (local.get $pages) (i32.const 16)) (i32.const 1))
       (br $more))`,
  ),
  /** Grows two memories in turn until both are refused; then unreachable. Over its memory, counted together. */
  twoMemoryBomb: command(
    `(local $refused i32)
     (loop $more
       (local.set $refused (i32.and
         (i32.eq (memory.grow $first (i32.const 16)) (i32.const -1))
         (i32.eq (memory.grow $second (i32.const 16)) (i32.const -1))))
       (br_if $more (i32.eqz (local.get $refused))))
     (unreachable)`,
    "(memory $first 1) (memory $second 1)",
  ),
  /** Grows a memory with 64-bit addresses until refused; then unreachable. Over its memory. */
  memory64Bomb: () =>
    wat(`(module (memory (export "memory") i64 1)
      (func (export "_start")
        (loop $more (br_if $more (i64.ne (memory.grow (i64.const 16)) (i64.const -1))))
        (unreachable)))`),
  /** Grows past the maximum it declares itself; then unreachable. Traps: not the server's limit. */
  growPastOwnMaximum: () =>
    wat(`(module (memory (export "memory") 1 2)
      (func (export "_start")
        (if (i32.eq (memory.grow (i32.const 5)) (i32.const -1)) (then (unreachable)))))`),
  /** Asks for more memory than it may have, accepts the refusal and prints `refused`. Ends well. */
  memoryRefusal: command(
    `(if (i32.eq (memory.grow (i32.const 65535)) (i32.const -1))
       (then (call $print (i32.const 16) (i32.const 8))))`,
    `(data (i32.const 16) "refused\\n") ${PRINT}`,
  ),
  /** Fills 16 MiB again and again, few instructions and many bytes. Ends by fuel, charged per byte. */
  memoryFillLoop: command(
    `(drop (memory.grow (i32.const 256)))
     (loop $again
       (memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216))
       (br $again))`,
  ),
  /** Copies 8 MiB again and again. Ends by fuel, charged per byte. */
  memoryCopyLoop: command(
    `(drop (memory.grow (i32.const 256)))
     (loop $again
       (memory.copy (i32.const 0) (i32.const 8388608) (i32.const 8388608))
       (br $again))`,
  ),
  /** Grows a table until refused, then unreachable: memory the host pays for. */
  tableBomb: command(
    `(loop $more
       (br_if $more
         (i32.ne (table.grow $t (ref.null func) (i32.const 100000)) (i32.const -1))))
     (unreachable)`,
    "(table $t 0 funcref)",
  ),
  /** Wants 4 GiB of memory from the start. */
  hugeInitialMemory: () =>
    wat(`(module (memory (export "memory") 65536) (func (export "_start")))`),
  /** Wants a table of ten million entries from the start. */
  hugeInitialTable: command("", "(table 10000000 funcref)"),
  /** Writes 64 KiB at a time to standard output without end. Over its output limit. */
  outputFlood: command(
    "(loop $again (call $print (i32.const 0) (i32.const 65536)) (br $again))",
    PRINT,
  ),
  /** Writes 64 KiB at a time to standard error without end. Ends by fuel or time; the rest is dropped. */
  stderrFlood: command(
    `(i32.store (i32.const 4) (i32.const 65536))
     (loop $again
       (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
       (br $again))`,
  ),
  /** Writes no bytes at all, ten million times; then prints `done`. */
  manyHostCalls: command(
    `(local $count i32)
     (loop $again
       (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
       (local.set $count (i32.add (local.get $count) (i32.const 1)))
       (br_if $again (i32.lt_u (local.get $count) (i32.const 10000000))))
     (call $print (i32.const 16) (i32.const 5))`,
    `(data (i32.const 16) "done\\n") ${PRINT}`,
  ),
  /** Sleeps a minute by `poll_oneoff`, then prints `awake`. Over its wall clock. */
  sleepMinute: sleeper(60_000),
  /** Sleeps 50 ms by `poll_oneoff`, then prints `awake`. */
  sleepBriefly: sleeper(50),
  /** Keeps a list of 1 MiB arrays that only grows. Over its memory. */
  gcBomb: allocator(MEGABYTE, true),
  /** Keeps a list of small objects that only grows. Over its memory. */
  gcSmallBomb: allocator("(ref.null none)", true),
  /** Makes 1 MiB arrays and drops them. Ends by fuel or by the limit on allocated bytes. */
  gcChurn: allocator(MEGABYTE, false),
} satisfies Record<string, BuildGuest>;
