/**
 * Guests that change all they can reach, for proving that a reset instance is as good as a fresh one: each
 * prints what it finds before it changes anything, so every run must answer the same.
 */
import { gcWat, wat } from "../support/wat.ts";
import { type BuildGuest, IMPORT, MEMORY, PRINT, PRINT_HEX } from "./fragments.ts";

/** One mutable global of every number type, with values that are all different. */
const GLOBALS = `
  (global $i32 (mut i32) (i32.const 0x11223344))
  (global $i64 (mut i64) (i64.const 0x5566778899aabbcc))
  (global $f32 (mut f32) (f32.const 1.5))
  (global $f64 (mut f64) (f64.const -2.25))
  (global $v128 (mut v128) (v128.const i64x2 0x0102030405060708 0x090a0b0c0d0e0f10))`;

const PRINT_GLOBALS = `
  (call $print_hex (i64.extend_i32_u (global.get $i32)))
  (call $print_hex (global.get $i64))
  (call $print_hex (i64.extend_i32_u (i32.reinterpret_f32 (global.get $f32))))
  (call $print_hex (i64.reinterpret_f64 (global.get $f64)))
  (call $print_hex (i64x2.extract_lane 0 (global.get $v128)))
  (call $print_hex (i64x2.extract_lane 1 (global.get $v128)))`;

const CHANGE_GLOBALS = `
  (global.set $i32 (i32.const -1))
  (global.set $i64 (i64.const -1))
  (global.set $f32 (f32.const -nan:0x200001))
  (global.set $f64 (f64.const -nan:0x4000000000001))
  (global.set $v128 (v128.const i64x2 -1 -1))`;

/** `$checksum()` is FNV-1a over all of the memory, in words of 64 bits, and its size in pages. */
const CHECKSUM = `
  (func $checksum (result i64)
    (local $hash i64) (local $at i32) (local $end i32)
    (local.set $hash (i64.const 0xcbf29ce484222325))
    (local.set $end (i32.shl (memory.size) (i32.const 16)))
    (loop $next
      (local.set $hash (i64.mul (i64.const 0x100000001b3)
        (i64.xor (local.get $hash) (i64.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i64.add (local.get $hash) (i64.extend_i32_u (memory.size))))`;

const SCRIBBLE = `
  (memory.fill (i32.const 0) (i32.const 0xa5) (i32.shl (memory.size) (i32.const 16)))`;

function stateProbe(pagesToGrow: number): BuildGuest {
  const grow = pagesToGrow === 0 ? "" : `(drop (memory.grow (i32.const ${pagesToGrow})))`;
  return () =>
    wat(`(module ${IMPORT.fd_write} (memory (export "memory") 2 64)
      (data (i32.const 1000) "initial data") (data (i32.const 131060) "the end")
      ${GLOBALS} ${CHECKSUM} ${PRINT} ${PRINT_HEX}
      (func (export "_start")
        (call $print_hex (call $checksum)) ${PRINT_GLOBALS}
        ${grow} ${CHANGE_GLOBALS} ${SCRIBBLE}))`);
}

/** Prints the digit that `value` (an i32 expression) gives, and a line feed; then does `change`. */
function digitPrinter(value: string, change: string, definitions: string): string {
  return `(module ${IMPORT.fd_write} ${MEMORY} ${definitions} ${PRINT}
    (func (export "_start")
      (i32.store8 (i32.const 16) (i32.add (i32.const 48) ${value}))
      (i32.store8 (i32.const 17) (i32.const 10))
      (call $print (i32.const 16) (i32.const 2))
      ${change}))`;
}

const TWO_FUNCTIONS = `(type $digit (func (result i32)))
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (elem declare func $one $two)`;

export const STATE = {
  /** Prints a checksum of its memory and all globals in hexadecimal, then overwrites all of them. */
  stateProbe: stateProbe(0),
  /** The same, and grows its memory by three pages, which it overwrites as well. */
  growingStateProbe: stateProbe(3),
  /** Overwrites all of its memory and globals, then traps: unreachable. */
  scribbleAndTrap: () =>
    wat(`(module (memory (export "memory") 2) ${GLOBALS}
      (func (export "_start") ${CHANGE_GLOBALS} ${SCRIBBLE} (unreachable)))`),
  /** Prints a mutable global of each number type in hexadecimal, then changes all of them. */
  mutateGlobals: () =>
    wat(`(module ${IMPORT.fd_write} ${MEMORY} ${GLOBALS} ${PRINT} ${PRINT_HEX}
      (func (export "_start") ${PRINT_GLOBALS} ${CHANGE_GLOBALS}))`),
  /** Changes a mutable global that it exports, as a linker's stack pointer may be. Prints 1. */
  mutateExportedGlobal: () =>
    wat(digitPrinter(
      "(global.get $g)",
      "(global.set $g (i32.const 2))",
      `(global $g (export "counter") (mut i32) (i32.const 1))`,
    )),
  /** Prints whether a mutable reference global is null, then makes it null. Prints 0. */
  mutateReferenceGlobal: () =>
    wat(digitPrinter(
      "(ref.is_null (global.get $g))",
      "(global.set $g (ref.null func))",
      `${TWO_FUNCTIONS} (global $g (mut funcref) (ref.func $one))`,
    )),
  /** Calls through a table, then replaces, fills and grows the table. Prints 1. */
  mutateTable: () =>
    wat(digitPrinter(
      "(call_indirect $t (type $digit) (i32.const 0))",
      `(table.set $t (i32.const 0) (ref.func $two))
       (drop (table.grow $t (ref.func $two) (i32.const 2)))
       (table.fill $t (i32.const 0) (ref.func $two) (i32.const 2))`,
      `${TWO_FUNCTIONS} (table $t 2 8 funcref) (elem (table $t) (i32.const 0) func $one $one)`,
    )),
  /** Prints the size of a table, then grows it. Prints 2. */
  growTable: () =>
    wat(digitPrinter(
      "(table.size $t)",
      "(drop (table.grow $t (ref.null func) (i32.const 3)))",
      "(table $t 2 8 funcref)",
    )),
  /** Copies a passive data segment and drops it; would trap where it is dropped already. Prints 7. */
  dropDataSegment: () =>
    wat(digitPrinter(
      "(block (result i32) (call $use) (i32.load8_u (i32.const 100)))",
      "(data.drop $segment)",
      `(data $segment "\\07")
       (func $use (memory.init $segment (i32.const 100) (i32.const 0) (i32.const 1)))`,
    )),
  /** Copies a passive element segment and drops it; would trap where it is dropped already. Prints 1. */
  dropElementSegment: () =>
    wat(digitPrinter(
      "(block (result i32) (call $use) (call_indirect $t (type $digit) (i32.const 0)))",
      "(elem.drop $segment)",
      `${TWO_FUNCTIONS} (table $t 1 funcref) (elem $segment func $one)
       (func $use (table.init $t $segment (i32.const 0) (i32.const 0) (i32.const 1)))`,
    )),
  /** Counts in its second memory, which it does not export. Prints 1. */
  countInSecondMemory: () =>
    wat(digitPrinter(
      "(block (result i32) (call $count) (i32.load $second (i32.const 0)))",
      "(drop (memory.grow $second (i32.const 1)))",
      `(memory $second 1 4)
       (func $count
         (i32.store $second (i32.const 0)
           (i32.add (i32.load $second (i32.const 0)) (i32.const 1))))`,
    )),
  /** Its start function counts, and so does `_start`; a reset must land between the two. Prints 2. */
  countInStartFunction: () =>
    wat(digitPrinter(
      "(block (result i32) (call $count) (global.get $g))",
      "",
      `(global $g (mut i32) (i32.const 0))
       (func $count (global.set $g (i32.add (global.get $g) (i32.const 1)))) (start $count)`,
    )),
  /** Counts in an object that an immutable global holds: no global ever changes. Prints 1. */
  countInGcObject: () =>
    gcWat(`(module
      (type $box (struct (field (mut i32))))
      ${IMPORT.fd_write} ${MEMORY}
      (global $counter (ref $box) (struct.new $box (i32.const 0)))
      ${PRINT}
      (func (export "_start")
        (struct.set $box 0 (global.get $counter)
          (i32.add (struct.get $box 0 (global.get $counter)) (i32.const 1)))
        (i32.store (i32.const 16)
          (i32.add (i32.const 0xa30) (struct.get $box 0 (global.get $counter))))
        (call $print (i32.const 16) (i32.const 2))))`),
} satisfies Record<string, BuildGuest>;
