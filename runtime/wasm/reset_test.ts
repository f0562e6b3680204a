import { assertEquals } from "@std/assert";
import { STATE } from "./reserved.ts";
import { gcWat, outcome, start, wat } from "./testing.ts";

Deno.test("reset puts every kind of mutable global back to the snapshot", () => {
  const running = start(wat(`(module
    (global $i (mut i32) (i32.const 1)) (global $l (mut i64) (i64.const 2))
    (global $f (mut f32) (f32.const 3)) (global $d (mut f64) (f64.const 4))
    (global $v (mut v128) (v128.const i32x4 5 6 7 8)) (global $r (mut funcref) (ref.func $set))
    (global $e (mut externref) (ref.null extern)) (global $constant i32 (i32.const 9))
    (func $set (export "set") (global.set $i (i32.const 11)) (global.set $l (i64.const 12))
      (global.set $f (f32.const 13)) (global.set $d (f64.const 14))
      (global.set $v (v128.const i32x4 15 16 17 18)) (global.set $r (ref.null func)))
    (func (export "get") (result i32 i64 f32 f64 i32 i32 i32) global.get $i global.get $l
      global.get $f global.get $d (i32x4.extract_lane 2 (global.get $v))
      (ref.is_null (global.get $r)) global.get $constant))`));
  const fresh = [1, 2n, 3, 4, 7, 0, 9];
  assertEquals(running.exports.get!(), fresh);
  running.exports.set!();
  assertEquals(running.exports.get!(), [11, 12n, 13, 14, 17, 1, 9]);
  running.reset();
  assertEquals(running.exports.get!(), fresh);
  running.exports.set!();
  running.snapshot();
  running.reset();
  assertEquals(running.exports.get!(), [11, 12n, 13, 14, 17, 1, 9]);
});

Deno.test("reset puts non-null references back", () => {
  const running = start(gcWat(`(module (type $s (struct (field i32)))
    (global $g (mut (ref $s)) (struct.new $s (i32.const 5)))
    (func (export "set") (global.set $g (struct.new $s (i32.const 6))))
    (func (export "get") (result i32) (struct.get $s 0 (global.get $g))))`));
  running.exports.set!();
  assertEquals(running.exports.get!(), 6);
  running.reset();
  assertEquals(running.exports.get!(), 5);
});

Deno.test("reset clears fuel and state", () => {
  const text = `(module (table 1 funcref)
    (func (export "f") (table.set 0 (i32.const 0) (ref.null func))))`;
  const running = start(wat(text));
  running.exports.f!();
  assertEquals([running.fuel(), running.state()], [4, STATE.dirty]);
  running.reset();
  assertEquals([running.fuel(), running.state()], [0, 0]);
});

Deno.test("whatever changes tables or segments is noted, and nothing else is", () => {
  const text = `(module (table $t 4 funcref) (table $u 4 funcref) (memory 1)
    (elem $e func) (data $d "x") (global $g (mut i32) (i32.const 0))
    (func (export "table.set") (table.set $t (i32.const 0) (ref.null func)))
    (func (export "table.grow") (drop (table.grow $t (ref.null func) (i32.const 0))))
    (func (export "table.fill") (table.fill $t (i32.const 0) (ref.null func) (i32.const 0)))
    (func (export "table.copy") (table.copy $t $u (i32.const 0) (i32.const 0) (i32.const 0)))
    (func (export "table.init") (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0)))
    (func (export "elem.drop") (elem.drop $e))
    (func (export "data.drop") (data.drop $d))
    (func (export "clean") (drop (table.get $t (i32.const 0))) (drop (table.size $t))
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))
      (i32.store (i32.const 0) (i32.const 1)) (global.set $g (i32.const 1))))`;
  const running = start(wat(text));
  const { exports } = running;
  for (const name of Object.keys(exports).filter((name) => /^(table|elem|data)\./.test(name))) {
    running.reset();
    outcome(() => exports[name]!());
    assertEquals(running.state(), STATE.dirty, name);
  }
  const other = start(wat(text));
  other.exports.clean!();
  assertEquals(other.state(), 0);
});

Deno.test("memory grows up to the limit and no further", () => {
  const running = start(
    wat(
      '(module (memory 1) (func (export "f") (param i32) (result i32) ' +
        "(memory.grow (local.get 0))))",
    ),
    { memoryPages: 4 },
  );
  assertEquals(running.info.memories, [{ initialPages: 1, maximumPages: 4, addressType: "i32" }]);
  assertEquals([running.exports.f!(2), running.state()], [1, 0]);
  assertEquals([running.exports.f!(2), running.state()], [-1, STATE.growDenied]);
  assertEquals([running.exports.f!(-1), running.state()], [-1, STATE.growDenied]);
  assertEquals([running.exports.f!(1), running.memory.buffer.byteLength], [3, 4 * 65536]);
});

Deno.test("growth beyond the module's own maximum is -1, and not the limit's doing", () => {
  const running = start(
    wat(
      '(module (memory 1 2) (func (export "f") (param i32) (result i32) ' +
        "(memory.grow (local.get 0))))",
    ),
    { memoryPages: 4 },
  );
  assertEquals([running.exports.f!(2), running.exports.f!(-1), running.state()], [-1, -1, 0]);
  assertEquals([running.exports.f!(1), running.exports.f!(1), running.state()], [1, -1, 0]);
});

Deno.test("several memories share the limit, of either address type", () => {
  const text = `(module (memory $a 1) (memory $b i64 1)
    (func (export "a") (param i32) (result i32) (memory.grow $a (local.get 0)))
    (func (export "b") (param i64) (result i64) (memory.grow $b (local.get 0))))`;
  const running = start(wat(text), { memoryPages: 5 });
  const { a, b } = running.exports;
  assertEquals([a!(2), running.state()], [1, 0]);
  assertEquals([b!(2n), running.state()], [-1n, STATE.growDenied]);
  assertEquals([b!(-1n), b!(1n), b!(1n)], [-1n, 1n, -1n]);
});

Deno.test("growth past the inline ceiling stops the run for promotion", () => {
  const running = start(wat(
    '(module (memory 2) (func (export "f") (param i32) (result i32) ' +
      "(memory.grow (local.get 0))))",
  ));
  running.reset(1000, 3);
  assertEquals([running.exports.f!(1), running.state()], [2, 0]);
  assertEquals(outcome(() => running.exports.f!(1)), "trap: unreachable");
  assertEquals(running.state(), STATE.promote);
  running.reset(1000, 1);
  assertEquals([running.exports.f!(0), running.state()], [3, 0]);
});

Deno.test("a table grows up to its share of the limit", () => {
  const text = `(module (table $t 2 funcref) (table $u 2 20 funcref)
    (func (export "t") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "u") (param i32) (result i32) (table.grow $u (ref.null func) (local.get 0))))`;
  const running = start(wat(text), { tableElements: 10 });
  assertEquals([running.exports.t!(4), running.exports.t!(3), running.exports.t!(3)], [-1, 2, -1]);
  assertEquals([running.exports.u!(4), running.exports.u!(3)], [-1, 2]);
});

Deno.test("objects are charged by their bytes, and too many stop the run", () => {
  const running = start(
    gcWat(`(module (type $s (struct (field i64) (field i32)))
    (type $a (array (mut i64)))
    (func (export "structs") (param i32) (loop (drop (struct.new_default $s))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "array") (param i32) (drop (array.new_default $a (local.get 0))))
    (func (export "fixed") (drop (array.new_fixed $a 2 (i64.const 1) (i64.const 2)))))`),
    {
      memoryPages: 1,
    },
  );
  const { structs, array, fixed } = running.exports;
  const structBytes = 24 + 8 + 4;
  assertEquals(outcome(() => structs!(Math.floor(65536 / structBytes))), undefined);
  assertEquals([outcome(() => structs!(1)), running.state()], [
    "trap: unreachable",
    STATE.gcExceeded,
  ]);
  running.reset();
  assertEquals(outcome(() => array!((65536 - 24 - 40) / 8)), undefined);
  assertEquals(outcome(() => fixed!()), undefined);
  assertEquals([outcome(() => array!(0)), running.state()], [
    "trap: unreachable",
    STATE.gcExceeded,
  ]);
  running.reset(2 ** 40);
  assertEquals([outcome(() => array!(-1)), running.state()], [
    "trap: unreachable",
    STATE.gcExceeded,
  ]);
});

Deno.test("exceptions are charged where they can be kept", () => {
  const text = (tag: string, value: string) =>
    `(module (tag $t ${tag})
    (func (export "f") (param i32) (loop
      (block $h (try_table (catch_all $h) (throw $t ${value})))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`;
  const kept = start(gcWat(text("(param externref)", "(ref.null extern)")), { memoryPages: 1 });
  assertEquals(outcome(() => kept.exports.f!(1000)), "trap: unreachable");
  assertEquals(kept.state(), STATE.gcExceeded);
  const plain = start(gcWat(text("(param i32)", "(i32.const 1)")), { memoryPages: 1 });
  assertEquals([outcome(() => plain.exports.f!(1000)), plain.state()], [undefined, 0]);
});

Deno.test("a start function runs when the host says so, under fuel", () => {
  const running = start(wat(`(module (global $g (mut i32) (i32.const 1)) (start $s)
    (func $s (global.set $g (i32.const 2)))
    (func (export "get") (result i32) (global.get $g)))`));
  assertEquals([running.info.hasStart, running.exports.get!()], [true, 1]);
  running.reset();
  running.exports["skerry:start"]!();
  assertEquals(running.fuel(), 3);
  assertEquals(running.exports.get!(), 2);
  running.reset(1);
  assertEquals(outcome(() => running.exports["skerry:start"]!()), "trap: unreachable");
});
