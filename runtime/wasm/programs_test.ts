import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { STATE } from "./reserved.ts";
import { binary, leb, outcome, start } from "./testing.ts";

/**
 * Random programs, run once by the rewriter and once by the interpreter below, which keeps Wasmtime's books in
 * the most literal way: a counter in a variable, stored at calls, returns and `unreachable`, checked at function
 * entries and loop headers. Fuel must agree to the unit, also after traps and when it runs out.
 */
type Statement =
  | { kind: "add"; value: number }
  | { kind: "block" | "loop"; body: Statement[] }
  | { kind: "if"; mask: number; then: Statement[]; otherwise: Statement[] | null }
  | { kind: "branch"; label: number }
  | { kind: "branchIf"; mask: number; label: number }
  | { kind: "branchTable"; mask: number; labels: number[] }
  | { kind: "call"; callee: number }
  | { kind: "divide"; mask: number }
  | { kind: "return" | "unreachable" };

const EXITS = ["return", "unreachable"] as const;
const BLOCKS = ["block", "loop"] as const;
const TABLE = "branchTable" as const;
const mask = fc.nat(7);
const label = fc.nat(9);

const { statements } = fc.letrec<{ statement: Statement; statements: Statement[]; if: Statement }>((
  tie,
) => ({
  statements: fc.array(tie("statement"), { minLength: 1, maxLength: 6, size: "max" }),
  statement: fc.oneof(
    { maxDepth: 5, depthSize: "medium", withCrossShrink: true },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("add" as const), value: fc.nat(50) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("call" as const), callee: fc.nat(9) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("branchIf" as const), mask, label }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("branch" as const), label }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("divide" as const), mask }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom(...EXITS) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant(TABLE), mask, labels: fc.array(label) }),
    },
    {
      weight: 9,
      arbitrary: fc.record({ kind: fc.constantFrom(...BLOCKS), body: tie("statements") }),
    },
    { weight: 6, arbitrary: tie("if") },
  ),
  if: fc.record({
    kind: fc.constant("if" as const),
    mask,
    then: tie("statements"),
    otherwise: fc.option<Statement[]>(tie("statements")),
  }),
}));

/** Functions of a program; each may call those before it. The last one is run. */
const program = fc.array(statements, { minLength: 2, maxLength: 4 });

/** Thrown by the interpreter to end the program. */
class Stop extends Error {
  constructor(readonly how: "trap" | "exhausted") {
    super(how);
  }
}

class Interpreter {
  accumulator = 0;
  consumed = 0;
  stored = 0;

  constructor(readonly functions: readonly Statement[][], readonly budget: number) {}

  run(): { how: string; fuel: number; accumulator: number } {
    try {
      this.#call(this.functions.length - 1);
      return { how: "returns", fuel: this.stored, accumulator: this.accumulator };
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return { how: error.how, fuel: this.stored, accumulator: this.accumulator };
    }
  }

  #check(): void {
    if (this.consumed < this.budget) return;
    this.stored = this.consumed;
    throw new Stop("exhausted");
  }

  #call(index: number): void {
    this.consumed += 1;
    this.#check();
    this.#body(this.functions[index]!, 0, index);
    this.stored = this.consumed;
  }

  /** Runs statements within so many blocks; returns how many blocks are left by a branch, or -1. */
  #body(body: readonly Statement[], depth: number, self: number): number {
    for (const statement of body) {
      const left = this.#statement(statement, depth, self);
      if (left >= 0) return left;
    }
    return -1;
  }

  #statement(statement: Statement, depth: number, self: number): number {
    const toLabel = (label: number) => label % (depth + 1);
    switch (statement.kind) {
      case "add":
        this.consumed += 4;
        this.accumulator += statement.value;
        return -1;
      case "block":
        return this.#leave(this.#body(statement.body, depth + 1, self));
      case "loop":
        return this.#loop(statement.body, depth, self);
      case "if": {
        this.consumed += 4;
        const arm = this.#masked(statement.mask) ? statement.then : statement.otherwise ?? [];
        return this.#leave(this.#body(arm, depth + 1, self));
      }
      case "branch":
        this.consumed += 1;
        return toLabel(statement.label);
      case "branchIf":
        this.consumed += 4;
        return this.#masked(statement.mask) ? toLabel(statement.label) : -1;
      case "branchTable": {
        this.consumed += 4;
        const { labels } = statement;
        return toLabel(labels[this.#masked(statement.mask)] ?? labels[0] ?? 0);
      }
      case "call":
        if (self === 0) return -1;
        this.consumed += 1;
        this.stored = this.consumed;
        this.#call(statement.callee % self);
        return -1;
      case "divide":
        this.consumed += 5;
        if (this.#masked(statement.mask) === 0) throw new Stop("trap");
        return -1;
      case "return":
        return depth;
      case "unreachable":
        this.stored = this.consumed;
        throw new Stop("trap");
    }
  }

  #masked(mask: number): number {
    return this.accumulator & mask;
  }

  #leave(left: number): number {
    return left - 1 < 0 ? -1 : left - 1;
  }

  #loop(body: readonly Statement[], depth: number, self: number): number {
    for (;;) {
      this.#check();
      const left = this.#body(body, depth + 1, self);
      if (left !== 0) return this.#leave(left);
    }
  }
}

function encode(body: readonly Statement[], depth: number, self: number): number[] {
  return body.flatMap((statement) => encodeStatement(statement, depth, self));
}

function encodeStatement(statement: Statement, depth: number, self: number): number[] {
  const toLabel = (label: number) => label % (depth + 1);
  const masked = (mask: number) => [0x23, 0, 0x41, mask, 0x71];
  const nested = (body: readonly Statement[]) => encode(body, depth + 1, self);
  switch (statement.kind) {
    case "add":
      return [0x23, 0, 0x41, statement.value, 0x6a, 0x24, 0];
    case "block":
      return [0x02, 0x40, ...nested(statement.body), 0x0b];
    case "loop":
      return [0x03, 0x40, ...nested(statement.body), 0x0b];
    case "if": {
      const { then, otherwise } = statement;
      const last = otherwise === null ? [] : [0x05, ...nested(otherwise)];
      return [...masked(statement.mask), 0x04, 0x40, ...nested(then), ...last, 0x0b];
    }
    case "branch":
      return [0x0c, toLabel(statement.label)];
    case "branchIf":
      return [...masked(statement.mask), 0x0d, toLabel(statement.label)];
    case "branchTable": {
      const labels = statement.labels.map(toLabel);
      return [...masked(statement.mask), 0x0e, labels.length, ...labels, labels[0] ?? toLabel(0)];
    }
    case "call":
      return self === 0 ? [] : [0x10, statement.callee % self];
    case "divide":
      return [0x41, 1, ...masked(statement.mask), 0x6d, 0x1a];
    case "return":
      return [0x0f];
    case "unreachable":
      return [0x00];
  }
}

function assemble(functions: readonly Statement[][]): Uint8Array<ArrayBuffer> {
  const bodies = functions.map((body, index) => {
    const code = [0, ...encode(body, 0, index), 0x0b];
    return [...leb(code.length), ...code];
  });
  const count = functions.length;
  return binary(
    [1, [1, 0x60, 0, 0]],
    [3, [count, ...Array(count).fill(0)]],
    [6, [1, 0x7f, 1, 0x41, 0, 0x0b]],
    [7, [2, 1, 0x66, 0, count - 1, 1, 0x67, 3, 0]],
    [10, [count, ...bodies.flat()]],
  );
}

Deno.test("random programs consume what the literal interpreter says", () => {
  fc.assert(
    fc.property(program, fc.nat(2000), (functions, budget) => {
      const expected = new Interpreter(functions, budget).run();
      const running = start(assemble(functions));
      running.reset(budget);
      const trap = outcome(() => running.exports.f!());
      const isExhausted = (running.state() & STATE.outOfFuel) !== 0;
      const { value } = running.exports.g as unknown as WebAssembly.Global;
      assertEquals({
        how: isExhausted ? "exhausted" : trap === undefined ? "returns" : "trap",
        fuel: running.fuel(),
        accumulator: value,
      }, expected);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
