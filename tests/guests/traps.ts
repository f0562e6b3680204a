/** Guests that end by a trap or an exit code, one per kind. */
import { gcWat, wat } from "../support/wat.ts";
import { type BuildGuest, command, IMPORT, MEMORY, PRINT } from "./fragments.ts";

function exiting(body: string): BuildGuest {
  return () =>
    wat(`(module ${IMPORT.fd_write} ${IMPORT.proc_exit} ${MEMORY} ${PRINT}
      (data (i32.const 16) "before\\n") (func (export "_start") ${body}))`);
}

function gcCommand(body: string, types: string): BuildGuest {
  return () =>
    gcWat(`(module ${types} (memory (export "memory") 1) (func (export "_start") ${body}))`);
}

export const TRAPS = {
  /** Traps: unreachable. */
  unreachable: command("(unreachable)"),
  /** Prints `before`, then traps: unreachable. What it printed is not the answer. */
  unreachableAfterOutput: exiting("(call $print (i32.const 16) (i32.const 7)) (unreachable)"),
  /** Exits with code 3. */
  exit3: exiting("(call $proc_exit (i32.const 3))"),
  /** Prints `before`, then exits with code 0. */
  exit0: exiting("(call $print (i32.const 16) (i32.const 7)) (call $proc_exit (i32.const 0))"),
  /** Loads behind the end of its memory. Traps: out_of_bounds. */
  outOfBoundsLoad: command("(drop (i32.load (i32.const 65536)))"),
  /** Fills past the end of its memory. Traps: out_of_bounds. */
  outOfBoundsFill: command("(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))"),
  /** Reads a table behind its end. Traps: out_of_bounds. */
  outOfBoundsTable: command("(drop (table.get $t (i32.const 1)))", "(table $t 1 funcref)"),
  /** Divides by zero. Traps: divide_by_zero. */
  divideByZero: command("(drop (i32.div_u (i32.const 1) (i32.const 0)))"),
  /** Divides the smallest integer by -1. Traps: integer_overflow. */
  integerOverflow: command("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"),
  /** Converts NaN to an integer. Traps: invalid_conversion. */
  invalidConversion: command("(drop (i32.trunc_f32_s (f32.const nan)))"),
  /** Calls a function of another type through a table. Traps: indirect_call_mismatch. */
  indirectCallMismatch: command(
    "(call_indirect (type $other) (i32.const 0))",
    `(type $other (func)) (table 1 funcref) (elem (i32.const 0) $f)
     (func $f (param i32) (result i32) (local.get 0))`,
  ),
  /** Calls through an empty table entry. Traps: indirect_call_mismatch or null_reference. */
  indirectCallNull: command(
    "(call_indirect (type $void) (i32.const 0))",
    "(type $void (func)) (table 1 funcref)",
  ),
  /** Reads a field of a null reference. Traps: null_reference. */
  nullReference: gcCommand(
    "(local $none (ref null $box)) (drop (struct.get $box 0 (local.get $none)))",
    "(type $box (struct (field i32)))",
  ),
  /** Casts a reference to what it is not. Traps: cast_failure. */
  castFailure: gcCommand(
    "(drop (ref.cast (ref $box) (ref.i31 (i32.const 1))))",
    "(type $box (struct (field i32)))",
  ),
  /** Makes an array of two thousand million elements. Traps: allocation_failed, or over its memory. */
  allocationFailed: gcCommand(
    "(drop (array.new_default $longs (i32.const 2000000000)))",
    "(type $longs (array (mut i64)))",
  ),
  /** Reads an array behind its end. Traps: out_of_bounds. */
  outOfBoundsArray: gcCommand(
    "(drop (array.get $longs (array.new_default $longs (i32.const 1)) (i32.const 1)))",
    "(type $longs (array (mut i64)))",
  ),
  /** Throws an exception that nobody catches. Traps: uncaught_exception. */
  uncaughtException: command("(throw $e)", "(tag $e)"),
  /** Raises SIGABRT. Traps: signal. */
  raiseSignal: () =>
    wat(`(module ${IMPORT.proc_raise} ${MEMORY}
      (func (export "_start") (drop (call $proc_raise (i32.const 6)))))`),
  /** Gives `fd_write` an iovec far behind its memory and exits with the error number: 21, EFAULT. */
  badPointer: exiting(
    `(call $proc_exit
      (call $fd_write (i32.const 1) (i32.const 0xfffffff0) (i32.const 1) (i32.const 8)))`,
  ),
} satisfies Record<string, BuildGuest>;
