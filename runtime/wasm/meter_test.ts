import { assertEquals } from "@std/assert";
import { RESERVED, STATE } from "./reserved.ts";
import { type Callable, gcWat, outcome, start, wat } from "./testing.ts";

/** One function `f`: its text, and what a call with each argument list costs. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly calls: readonly (readonly [args: readonly (number | bigint)[], fuel: number])[];
}

function body(text: string, before = ""): string {
  return `(module ${before} (func (export "f") ${text}))`;
}

// Counted by hand from the rules, and equal to what Wasmtime 48.0.0 consumes.
const CASES: readonly Case[] = [
  { name: "an empty function", text: body(""), calls: [[[], 1]] },
  { name: "nop and drop", text: body("nop i32.const 1 drop nop"), calls: [[[], 2]] },
  {
    name: "both arms of an if",
    text: body(`(param i32) (result i32) local.get 0
      if (result i32) i32.const 1 i32.const 2 i32.add else i32.const 7 end i32.const 3 i32.mul`),
    calls: [[[0], 6], [[1], 8]],
  },
  {
    name: "an if without else, taken or skipped",
    text: body(`(param i32) (result i32) i32.const 1 drop local.get 0
      if i32.const 5 local.set 0 end local.get 0 i32.const 1 i32.add`),
    calls: [[[0], 7], [[1], 9]],
  },
  {
    name: "an if whose arm returns",
    text: body(`(param i32) (result i32)
      local.get 0 if i32.const 5 return end local.get 0 i32.const 1 i32.add`),
    calls: [[[0], 6], [[1], 4]],
  },
  {
    name: "branches out of an if without else",
    text: body(`(param i32) (result i32) i32.const 3 drop local.get 0 if
      local.get 0 i32.const 2 i32.eq br_if 0 i32.const 9 local.set 0 br 0
      end local.get 0 i32.const 1 i32.add`),
    calls: [[[0], 7], [[1], 14], [[2], 11]],
  },
  {
    name: "nested ifs at the function's end",
    text: body(`(param i32) (result i32) local.get 0 if (result i32)
      local.get 0 i32.const 1 i32.eq
      if (result i32) i32.const 11 else i32.const 22 i32.eqz end
      else i32.const 7 end`),
    calls: [[[0], 4], [[1], 8], [[2], 9]],
  },
  {
    name: "branches out of blocks",
    text: body(`(param i32) (result i32) block (result i32)
      block local.get 0 br_if 0 i32.const 1 br 1 end
      i32.const 2 i32.const 3 i32.add end i32.const 1 i32.add`),
    calls: [[[0], 7], [[1], 8]],
  },
  {
    name: "a loop",
    text: body(`(param i32) (result i32) (local i32) loop
      local.get 1 local.get 0 i32.add local.set 1
      local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1`),
    calls: [[[1], 11], [[10], 92]],
  },
  {
    name: "a loop left from its middle",
    text: body(`(param i32) (result i32) (local i32) block loop
      local.get 0 i32.eqz br_if 1 local.get 0 i32.const 1 i32.sub local.set 0 br 0
      end end local.get 1`),
    calls: [[[0], 5], [[10], 85]],
  },
  {
    name: "br_table",
    text: body(`(param i32) (result i32) block block block local.get 0 br_table 0 1 2 end
      i32.const 1 return end i32.const 2 drop i32.const 3 return end i32.const 4`),
    calls: [[[0], 4], [[1], 5], [[2], 4], [[9], 4]],
  },
  {
    name: "br_table out of an if",
    text: body(`(param i32) (result i32) i32.const 1 drop block local.get 0
      if block local.get 0 br_table 0 1 2 end i32.const 2 drop end i32.const 3 drop
      end i32.const 4`),
    calls: [[[0], 6], [[1], 8], [[2], 7]],
  },
  {
    name: "br_if out of the function",
    text: body("(param i32) local.get 0 br_if 0 i32.const 1 drop i32.const 1 drop"),
    calls: [[[0], 5], [[1], 3]],
  },
  {
    name: "br_if out of a function of two results",
    text: body(`(param i32) (result i32 i32)
      i32.const 5 i32.const 6 local.get 0 br_if 0 drop i32.const 1`),
    calls: [[[0], 6], [[1], 5]],
  },
  {
    name: "dead code",
    text: body(`(param i32) (result i32) i32.const 5 br 0 i32.const 1 i32.add
      loop br 0 end block br 0 end if nop else nop end unreachable`),
    calls: [[[0], 3]],
  },
  {
    name: "calls",
    text: `(module (func $g (param i32) (result i32) local.get 0 i32.const 1 i32.add)
      (func (export "f") (param i32) (result i32) local.get 0 call $g call $g i32.const 3 i32.mul))`,
    calls: [[[1], 14]],
  },
  {
    name: "calls and branches by turns",
    text: `(module (func $g (param i32) (result i32) local.get 0 i32.const 1 i32.add)
      (func (export "f") (param i32) (result i32) local.get 0 call $g
        if (result i32) local.get 0 call $g else i32.const 3 end
        local.get 0 call $g if local.get 0 call $g drop end
        local.get 0 i32.add local.get 0 call $g if i32.const 1 return end))`,
    calls: [[[1], 37], [[-1], 25]],
  },
  {
    name: "recursion",
    text: `(module (func $f (export "f") (param i32) (result i32)
      local.get 0 i32.const 2 i32.lt_u if (result i32) local.get 0 else
      local.get 0 i32.const 1 i32.sub call $f local.get 0 i32.const 2 i32.sub call $f i32.add end))`,
    calls: [[[0], 6], [[10], 1766]],
  },
  {
    name: "call_indirect",
    text: `(module (type $t (func (param i32) (result i32))) (table funcref (elem $g))
      (func $g (type $t) local.get 0)
      (func (export "f") (param i32) (result i32) i32.const 4 local.get 0 call_indirect (type $t)))`,
    calls: [[[0], 6], [[7], 4]],
  },
  {
    name: "tail calls",
    text: `(module (func $g (param i32 i32) (result i32) local.get 0
      if (result i32) local.get 0 i32.const 1 i32.sub local.get 1 local.get 0 i32.add return_call $g
      else local.get 1 end)
      (func (export "f") (param i32) (result i32) local.get 0 i32.const 0 return_call $g))`,
    calls: [[[0], 8], [[10], 108]],
  },
  {
    name: "unreachable, which stores its charge",
    text: body("(param i32) i32.const 1 drop i32.const 2 drop unreachable"),
    calls: [[[0], 3]],
  },
  {
    name: "a trap, which loses the charges since the last call or return",
    text: body("(param i32) (result i32) i32.const 1 drop i32.const 2 local.get 0 i32.div_u"),
    calls: [[[0], 0], [[1], 5]],
  },
  {
    name: "a trap after a call",
    text: `(module (func $g) (func (export "f") (param i32) (result i32)
      call $g call $g i32.const 2 i32.const 3 drop local.get 0 i32.div_u))`,
    calls: [[[0], 5], [[1], 9]],
  },
  {
    name: "a trap after a branch out of the function that was not taken",
    text: body("(param i32) local.get 0 br_if 0 i32.const 1 i32.const 0 i32.div_s drop"),
    calls: [[[0], 0], [[1], 3]],
  },
  {
    name: "memory.fill by its bytes",
    text: body("(param i32) i32.const 0 i32.const 7 local.get 0 memory.fill", "(memory 1)"),
    calls: [[[0], 5], [[100], 105], [[65536], 65541], [[65537], 0]],
  },
  {
    name: "memory.fill by constants",
    text: body(
      `i32.const 0 i32.const 7 i32.const 100 memory.fill
      i32.const 0 i32.const 7 i32.const 129 memory.fill`,
      "(memory 1)",
    ),
    calls: [[[], 238]],
  },
  {
    name: "memory.copy",
    text: body("(param i32) i32.const 0 i32.const 7 local.get 0 memory.copy", "(memory 1)"),
    calls: [[[0], 5], [[1000], 1005]],
  },
  {
    name: "memory.init and data.drop",
    text: body(
      "(param i32) i32.const 0 i32.const 0 local.get 0 memory.init 0 data.drop 0",
      '(memory 1) (data "abcdefgh")',
    ),
    calls: [[[8], 14]],
  },
  {
    name: "64-bit lengths, which saturate",
    text: body(
      "(param i64) i64.const 0 i32.const 0 local.get 0 memory.fill",
      "(memory i64 1)",
    ),
    calls: [[[8n], 13], [[-1n], 2 ** 62]],
  },
  {
    name: "memory.grow, whatever the pages",
    text: body("(param i32) (result i32) local.get 0 memory.grow", "(memory 1 5)"),
    calls: [[[0], 3], [[1], 3], [[100], 3]],
  },
  {
    name: "table.grow, table.fill, table.copy and table.init by their elements",
    text: body(
      `(param i32) ref.null func local.get 0 table.grow 0 drop
      i32.const 0 ref.null func local.get 0 table.fill 0
      i32.const 0 i32.const 0 local.get 0 table.copy 0 0
      i32.const 0 i32.const 0 i32.const 0 table.init 0 0
      i32.const 0 ref.null func table.set 0 elem.drop 0`,
      "(table 10 1000 funcref) (elem func)",
    ),
    calls: [[[0], 20], [[5], 35], [[500], 1520]],
  },
  {
    name: "legacy exceptions, caught from a call",
    text: `(module (tag $t) (func $g (param i32) i32.const 9 drop local.get 0 if throw $t end)
      (func (export "f") (param i32) (result i32)
        try (result i32) local.get 0 call $g i32.const 1 catch $t i32.const 2 end
        i32.const 1 i32.add))`,
    calls: [[[0], 11], [[1], 13]],
  },
  {
    name: "delegate and rethrow",
    text: `(module (tag $t) (func (export "f") (result i32)
      try (result i32) try (result i32) try (result i32) throw $t delegate 0
        catch $t rethrow 0 end catch_all i32.const 2 end))`,
    calls: [[[], 9]],
  },
  {
    name: "SIMD",
    text: body(`(param i32) (result i32) local.get 0 i32x4.splat v128.const i32x4 1 2 3 4
      i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 i32x4.extract_lane 0`),
    calls: [[[3], 6]],
  },
  {
    name: "atomics on a memory of one's own",
    text: body(
      `(result i32) i32.const 0 i32.const 5 i32.atomic.rmw.add
      i32.const 0 i32.atomic.load i32.add atomic.fence`,
      "(memory 1)",
    ),
    calls: [[[], 8]],
  },
];

for (const { name, text, calls } of CASES) {
  Deno.test(`fuel: ${name}`, () => {
    for (const [args, fuel] of calls) {
      const running = start(wat(text));
      outcome(() => running.exports.f!(...args));
      assertEquals(running.fuel(), fuel, `f(${args})`);
    }
  });
}

// Wasmtime up to version 49 forgets what is consumed beneath `call_ref` and beneath a throw; 50 does not.
Deno.test("fuel: call_ref and exceptions caught by try_table", () => {
  const running = start(
    gcWat(`(module (type $t (func (param i32) (result i32))) (tag $e (param i32))
    (elem declare func $g)
    (func $g (type $t) (drop (i32.const 9)) (if (local.get 0) (then (throw $e (i32.const 42))))
      (i32.const 3))
    (func (export "ref") (type $t) (call_ref $t (local.get 0) (ref.func $g)))
    (func (export "catch") (type $t) (i32.add (i32.const 1)
      (block $h (result i32) (try_table (result i32) (catch $e $h) (call $g (local.get 0)))))))`),
  );
  const cost = (name: string, argument: number) => {
    running.reset();
    outcome(() => running.exports[name]!(argument));
    return running.fuel();
  };
  assertEquals([cost("ref", 0), cost("ref", 1)], [9, 10]);
  assertEquals([cost("catch", 0), cost("catch", 1)], [11, 12]);
});

Deno.test("an instance that was never reset has no fuel", () => {
  const running = start(wat(body("")));
  running.reset(0);
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
  assertEquals(running.state(), STATE.outOfFuel);
});

Deno.test("fuel is checked at function entry, so the last charge may overshoot", () => {
  const running = start(wat(body("i32.const 1 drop i32.const 1 drop")));
  running.reset(2);
  assertEquals(outcome(() => running.exports.f!()), undefined);
  assertEquals(running.fuel(), 3);
  running.reset(1);
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
  assertEquals([running.fuel(), running.state()], [1, STATE.outOfFuel]);
});

Deno.test("fuel stops an endless loop at its header", () => {
  const running = start(wat(body("i32.const 1 drop loop br 0 end")));
  running.reset(1000);
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
  assertEquals([running.fuel(), running.state()], [1000, STATE.outOfFuel]);
});

Deno.test("fuel stops endless recursion by tail calls", () => {
  const running = start(wat('(module (func $f (export "f") return_call $f))'));
  running.reset(1000);
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
  assertEquals(running.state(), STATE.outOfFuel);
});

Deno.test("fuel stops a bulk operation before its bounds check", () => {
  const text = body("(param i32) i32.const 0 i32.const 7 local.get 0 memory.fill", "(memory 1)");
  const running = start(wat(text));
  running.reset(1000);
  assertEquals(outcome(() => running.exports.f!(-1)), "trap: unreachable");
  assertEquals(running.state(), STATE.outOfFuel);
});

Deno.test("no sum of 64-bit lengths wraps the counter", () => {
  const fill = "i64.const 0 i32.const 0 local.get 0 memory.fill ";
  const constant = "i64.const 0 i32.const 0 i64.const -1 memory.fill ";
  for (const code of [fill.repeat(4), constant.repeat(4)]) {
    const running = start(wat(body(`(param i64) ${code}`, "(memory i64 1)")));
    running.reset(5);
    assertEquals(outcome(() => running.exports.f!(-1n)), "trap: unreachable");
    assertEquals(running.state(), STATE.outOfFuel);
  }
});

Deno.test("a loop that catches what callees throw still pays for them", () => {
  const running = start(wat(`(module (tag $t)
    (func $spend (local i32) i32.const 100 local.set 0
      loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end throw $t)
    (func (export "f") loop try call $spend catch_all end br 0 end))`));
  running.reset(10_000);
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
  assertEquals(running.state(), STATE.outOfFuel);
});

Deno.test("what a host function throws is caught with the fuel as it was", () => {
  const text = `(module (import "e" "h" (func $h)) (func (export "f") (result i32)
    i32.const 1 drop try (result i32) call $h i32.const 1 catch_all i32.const 2 end))`;
  const host = { e: { h: () => raise() } };
  const running = start(wat(text), {}, host);
  assertEquals([running.exports.f!(), running.fuel()], [2, 6]);
  assertEquals(running.info.usesExceptions, true);
});

function raise(): never {
  throw new Error("from the host");
}

Deno.test("a trap called for by the host is not caught", () => {
  let trap: Callable = () => 0;
  const text = `(module (import "e" "h" (func $h)) (func (export "f") (result i32)
    try (result i32) call $h i32.const 1 catch_all i32.const 2 end))`;
  const running = start(wat(text), {}, { e: { h: () => trap() } });
  trap = running.exports[RESERVED.trap]!;
  assertEquals(outcome(() => running.exports.f!()), "trap: unreachable");
});

Deno.test("without metering nothing is counted and nothing stops", () => {
  const running = start(wat(body("(result i32) i32.const 1 i32.const 2 i32.add")), {
    metered: false,
  });
  running.reset(1);
  assertEquals([running.exports.f!(), running.fuel(), running.state()], [3, 0, 0]);
});

Deno.test("the largest budget is not exceeded by asking for more", () => {
  const running = start(wat(body("")));
  running.reset(2 ** 70);
  running.exports.f!();
  assertEquals([running.fuel(), running.state()], [1, 0]);
});
