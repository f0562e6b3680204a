import { assertEquals } from "@std/assert";
import { instrument } from "./instrument.ts";
import { gcWat, wat } from "./testing.ts";

/** Only for tests: modules with an error in them, and what must become of these. */

/** Two modules that between them have every section, and every kind of operand. */
export const SAMPLES = [
  wat(`(module
    (type $t (func (param i32) (result i32)))
    (import "e" "h" (func $h (param i32)))
    (table $a 3 9 funcref) (memory $m 1 3) (memory $n i64 1)
    (tag $e (param i32))
    (global $g (mut i32) (i32.const 7)) (global $f funcref (ref.func $callee))
    (export "f" (func $callee)) (start $begin)
    (elem (table $a) (i32.const 0) func $callee $callee) (elem $p func $begin)
    (data (i32.const 4) "abc") (data $d "defg")
    (func $begin (global.set $g (i32.add (global.get $g) (i32.const 1))))
    (func $callee (type $t) (local i64 f64) (local v128)
      (block (loop (br_if 1 (i32.eqz (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br 0)))
      (block (block (block (br_table 0 1 2 (local.get 0)))) (call $h (i32.const 3)))
      (if (result i32) (global.get $g) (then (call_indirect (type $t) (i32.const 1) (i32.const 0)))
        (else (i32.load8_u offset=3 (local.get 0))))
      (drop) (try (do (throw $e (i32.const 1))) (catch $e (drop)) (catch_all))
      (memory.fill $m (i32.const 0) (i32.const 1) (local.get 0))
      (memory.copy $m $m (i32.const 0) (i32.const 1) (i32.const 200))
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 2))
      (drop (table.grow $a (ref.null func) (local.get 0)))
      (drop (memory.grow $n (i64.const 1)))
      (local.set 3 (i8x16.swizzle (local.get 3) (v128.const i64x2 1 2)))
      (return_call $callee (i32.trunc_sat_f64_s (local.get 2)))))`),
  gcWat(`(module
    (rec (type $s (sub (struct (field (mut i32)) (field (ref null $r)))))
      (type $r (sub $s (struct (field (mut i32)) (field (ref null $r)) (field i8)))))
    (type $a (array (mut i16))) (type $c (func (param (ref null $s)) (result i32)))
    (tag $e (param i32)) (table 2 anyref) (elem $el anyref (struct.new_default $s))
    (global $g (mut (ref null $s)) (struct.new $s (i32.const 1) (ref.null $r))) (data $d "xyz")
    (func $callee (export "f") (type $c)
      (local $x (ref null $a))
      (local.set $x (array.new_data $a $d (i32.const 0) (i32.const 1)))
      (array.fill $a (local.get $x) (i32.const 0) (i32.const 3) (i32.const 1))
      (struct.set $s 0 (local.get 0) (i32.const 4))
      (drop (block $l (result (ref null $s)) (br_on_cast $l (ref null $s) (ref $r) (local.get 0))))
      (drop (block $h (result i32 exnref)
        (try_table (catch_ref $e $h) (throw $e (i32.const 3))) (unreachable))) (drop)
      (return_call_ref $c (local.get 0) (ref.func $callee))))`),
];

/** Draws a whole number below the bound given. */
export type Random = (below: number) => number;

/** A small generator of numbers, the same on every machine (xorshift32). The seed is not 0. */
export function random(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A copy with one or two edits behind the header: bytes changed, left out or repeated. */
export function mutate(bytes: Uint8Array<ArrayBuffer>, next: Random): Uint8Array<ArrayBuffer> {
  let mutant = bytes.slice();
  for (let edits = 1 + next(2); edits > 0; edits--) mutant = edit(mutant, next);
  return mutant;
}

function edit(mutant: Uint8Array<ArrayBuffer>, next: Random): Uint8Array<ArrayBuffer> {
  const at = 8 + next(mutant.length - 8);
  switch (next(8)) {
    case 0:
    case 1:
      mutant[at] = next(256);
      return mutant;
    case 2:
    case 3:
      mutant[at]! ^= 1 << next(8);
      return mutant;
    case 4:
    case 5:
      mutant[at]!++;
      return mutant;
    case 6:
      return joined(mutant.subarray(0, at), mutant.subarray(at + 1 + next(3)));
    default:
      return joined(mutant.subarray(0, at + 1 + next(4)), mutant.subarray(at));
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** All that is refused though V8 would take it: what is beyond a limit, and what is left out on purpose. */
const DELIBERATE = [
  /^\d+ initial (memory pages|table elements) exceed the limit of \d+$/,
  /^\d+ [a-z ]+, more than \d+$/,
  /^\d+ entries in section \d+, more than \d+$/,
  /^more than 16 memories$/,
  /^\d+ locals in a function$/,
  /^export name .* is reserved$/,
  /^shared (memory|table) is not supported$/,
  /^legacy and new exception handling mixed$/,
  /^select has not exactly one type$/,
  /^array length is not a plain constant$/,
];

function isDeliberate(message: string): boolean {
  const [, reason = ""] = /^Cannot use this module: (.*) at offset \d+$/s.exec(message) ?? [];
  return DELIBERATE.some((pattern) => pattern.test(reason));
}

/** What became of a module: instrumented, instrumented and invalid as it was before, or refused. */
export type Verdict = "taken" | "invalid" | "refused";

/**
 * Instruments a module that may be anything, and asserts that it was refused with an offset and for a reason,
 * or that the output is valid exactly if the input is.
 */
export function judge(bytes: Uint8Array<ArrayBuffer>, context: string): Verdict {
  const result = instrument(bytes, { memoryPages: 100 });
  const isValid = WebAssembly.validate(bytes);
  if (result.ok) {
    assertEquals(WebAssembly.validate(result.value.bytes), isValid, context);
    return isValid ? "taken" : "invalid";
  }
  const { message, details } = result.error;
  assertEquals(details.offset >= 0 && details.offset <= bytes.length, true, context);
  if (isValid) assertEquals(isDeliberate(message), true, `${context}: ${message}`);
  return "refused";
}
