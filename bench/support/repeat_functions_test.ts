import { assertEquals } from "@std/assert";
import { wat } from "../../tests/support/wat.ts";
import { repeatFunctions } from "./repeat_functions.ts";

const SOURCE = `(module
  (import "env" "log" (func $log (param i32)))
  (global $count (mut i32) (i32.const 0))
  (func $double (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))
  (func (export "run") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call $log (i32.const 7))
    (call $double (i32.const 21))))`;

Deno.test("a module with repeated functions is valid and does what it did", async () => {
  const original = await wat(SOURCE);
  const module = new WebAssembly.Module(repeatFunctions(original, 300));
  const logged: number[] = [];
  const env = { log: (value: number) => logged.push(value) };
  const { exports } = new WebAssembly.Instance(module, { env });
  assertEquals((exports.run as () => number)(), 42);
  assertEquals(logged, [7]);
});

Deno.test("its size grows with the number of repetitions, and one repetition changes nothing", async () => {
  const original = await wat(SOURCE);
  assertEquals(repeatFunctions(original, 1), original);
  const growth = (times: number) => repeatFunctions(original, times).length - original.length;
  assertEquals(growth(1001) - growth(1000), growth(3) - growth(2));
});
