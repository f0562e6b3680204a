import { assertEquals } from "@std/assert";
import { instrument } from "./instrument.ts";
import { gcWat, wat } from "./testing.ts";

const SAMPLES = [
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

/** A small generator of numbers, the same on every machine (xorshift32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(bytes: Uint8Array, next: (below: number) => number): Uint8Array<ArrayBuffer> {
  const mutant = [...bytes];
  for (let edits = 1 + next(2); edits > 0; edits--) {
    const at = 8 + next(mutant.length - 8);
    switch (next(8)) {
      case 0:
      case 1:
        mutant[at] = next(256);
        break;
      case 2:
      case 3:
        mutant[at]! ^= 1 << next(8);
        break;
      case 4:
      case 5:
        mutant[at] = (mutant[at]! + 1) & 0xff;
        break;
      case 6:
        mutant.splice(at, 1 + next(3));
        break;
      default:
        mutant.splice(at, 0, ...mutant.slice(at, at + 1 + next(4)));
    }
  }
  return new Uint8Array(mutant);
}

/** What is refused though V8 would take it: limits, and features left out on purpose. */
const DELIBERATE = /limit|locals|more than|reserved|shared|mixed|exactly one|not a plain constant/;

/** Checks a module that may be anything; returns what became of it. */
function judge(bytes: Uint8Array<ArrayBuffer>, context: string): "taken" | "invalid" | "refused" {
  const result = instrument(bytes, { memoryPages: 100 });
  const isValid = WebAssembly.validate(bytes);
  if (result.ok) {
    assertEquals(WebAssembly.validate(result.value.bytes), isValid, context);
    return isValid ? "taken" : "invalid";
  }
  const { message, details } = result.error;
  assertEquals(details.offset >= 0 && details.offset <= bytes.length, true, context);
  if (isValid) assertEquals(DELIBERATE.test(message), true, `${context}: ${message}`);
  return "refused";
}

Deno.test("the samples are valid before and after", () => {
  for (const sample of SAMPLES) assertEquals(judge(sample, "sample"), "taken");
});

Deno.test("a module truncated anywhere is refused, or valid as it is", () => {
  for (const [which, sample] of SAMPLES.entries()) {
    for (let length = 0; length < sample.length; length++) {
      judge(sample.slice(0, length), `sample ${which} cut to ${length}`);
    }
  }
});

Deno.test("a mutant is refused with its offset, or its output is valid just if it is", () => {
  const next = random(20260101);
  const seen = { taken: 0, invalid: 0, refused: 0 };
  for (let i = 0; i < 25_000; i++) {
    const mutant = mutate(SAMPLES[i % SAMPLES.length]!, next);
    seen[judge(mutant, `mutant ${i}`)]++;
  }
  // All three must really occur, or the test tests nothing.
  assertEquals(Object.values(seen).every((count) => count > 1000), true, JSON.stringify(seen));
});
