import { assertEquals } from "@std/assert";
import binaryen from "binaryen";
import type { TrapKind } from "./outcome.ts";
import { trapKind } from "./trap_kind.ts";

/** Bodies of `(func (export "run"))` and what each must be recognised as, on the V8 that runs the test. */
const PROVOCATIONS: readonly (readonly [TrapKind, string, string?])[] = [
  ["unreachable", "unreachable"],
  ["out_of_bounds", "(drop (i32.load (i32.const -1)))"],
  ["out_of_bounds", "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))"],
  ["out_of_bounds", "(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 9))"],
  ["out_of_bounds", "(drop (table.get 0 (i32.const 9)))"],
  ["out_of_bounds", "(table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 9))"],
  [
    "out_of_bounds",
    "(drop (array.get $bytes (array.new_default $bytes (i32.const 1)) (i32.const 2)))",
  ],
  ["divide_by_zero", "(drop (i32.div_u (i32.const 1) (i32.const 0)))"],
  ["divide_by_zero", "(drop (i64.rem_s (i64.const 1) (i64.const 0)))"],
  ["integer_overflow", "(drop (i32.div_s (i32.const -2147483648) (i32.const -1)))"],
  ["invalid_conversion", "(drop (i32.trunc_f32_s (f32.const nan)))"],
  ["invalid_conversion", "(drop (i64.trunc_f64_u (f64.const 1e30)))"],
  ["indirect_call_mismatch", "(call_indirect (type $other) (i32.const 1) (i32.const 0))"],
  ["indirect_call_mismatch", "(call_indirect (type $plain) (i32.const 1))"],
  ["null_reference", "(call_ref $plain (local.get $nofunc))"],
  ["null_reference", "(drop (struct.get $point 0 (local.get $nopoint)))"],
  ["cast_failure", "(drop (ref.cast (ref $point) (array.new_default $bytes (i32.const 1))))"],
  ["allocation_failed", "(drop (array.new_default $bytes (i32.const -1)))"],
  ["stack_overflow", "(call $self)"],
  ["uncaught_exception", "(throw $oops)"],
];

function provoke(body: string): unknown {
  const module = binaryen.parseText(`(module
    (type $plain (func)) (type $other (func (param i32)))
    (type $point (struct (field i32))) (type $bytes (array (mut i8)))
    (tag $oops)
    (memory 1) (data "abc")
    (table 2 funcref) (elem (i32.const 0) $nothing) (elem func $nothing)
    (func $nothing)
    (func $self (export "run")
      (local $nopoint (ref null $point)) (local $nofunc (ref null $plain)) ${body}))`);
  module.setFeatures(binaryen.Features.All);
  const binary = module.emitBinary();
  module.dispose();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(binary)));
  try {
    (exports.run as () => void)();
  } catch (thrown) {
    return thrown;
  }
  throw new Error(`This did not trap: ${body}`);
}

for (const [kind, body] of PROVOCATIONS) {
  Deno.test(`${body} is told as ${kind}`, () => {
    const thrown = provoke(body);
    assertEquals(trapKind(thrown), kind, `V8 said: ${thrown}`);
  });
}

Deno.test("A trap with a message that is not listed is unknown", () => {
  assertEquals(trapKind(new WebAssembly.RuntimeError("a message V8 does not have yet")), "unknown");
});

Deno.test("Anything else thrown is no trap", () => {
  assertEquals(trapKind(new RangeError("Invalid typed array length")), undefined);
  assertEquals(trapKind("text"), undefined);
});
