import { type Added, ADDED_GLOBAL } from "./added.ts";
import { type Limits } from "./limits.ts";
import type { GlobalEntry } from "./module.ts";
import { F64, I32, I64, OP, VOID } from "./op.ts";
import { STATE } from "./reserved.ts";
import { type FunctionType, OBJECT_HEADER_BYTES } from "./types.ts";
import { Writer } from "./writer.ts";

/** What the generated functions must know of the module. */
export interface HelperOptions {
  readonly added: Added;
  /** The limit in pages over all memories. */
  readonly limitPages: number;
  readonly memories: readonly Limits[];
  /** The module's own globals, and how many are imported before them. */
  readonly globals: readonly GlobalEntry[];
  readonly importedGlobals: number;
}

/** Largest budget; up to here no sum of fuel can wrap. */
const MAX_BUDGET = 2 ** 62;
const PAGE_BYTES = 65536;
/** Pages that addresses of 32 bits can reach, and of 64 bits. */
const ADDRESSABLE_PAGES = { i32: 2 ** 16, i64: 2 ** 48 } as const;

/** Types of the generated functions: parameters, then results, by the type's place among those added. */
const TYPE = {
  void: 0,
  reset: 1,
  f64: 2,
  i32: 3,
  takesI64: 4,
  takesI32: 5,
  takesI32I32: 6,
  growI32: 7,
  growI64: 8,
};
const SIGNATURES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[F64, I32], []],
  [[], [F64]],
  [[], [I32]],
  [[I64], []],
  [[I32], []],
  [[I32, I32], []],
  [[I32], [I32]],
  [[I64], [I64]],
];

/** How many types the rewriter adds. */
export const ADDED_TYPES = SIGNATURES.length;

/** Types of the added functions, in the order of {@linkcode ADDED_FUNCTION}. */
const FUNCTION_TYPES = [
  TYPE.void,
  TYPE.reset,
  TYPE.f64,
  TYPE.i32,
  TYPE.void,
  TYPE.takesI64,
  TYPE.void,
  TYPE.takesI32,
  TYPE.takesI32I32,
];

/** Writes the added types. */
export function writeAddedTypes(writer: Writer): void {
  for (const [params, results] of SIGNATURES) {
    writer.byte(0x60);
    writer.u32(params.length);
    writer.raw(params);
    writer.u32(results.length);
    writer.raw(results);
  }
}

/** Writes the types of blocks with several results around whole bodies: the results of these functions' types. */
export function writeWrapperTypes(
  writer: Writer,
  input: Uint8Array,
  wrapped: Iterable<FunctionType>,
): void {
  for (const { results, resultStart, resultEnd } of wrapped) {
    writer.raw([0x60, 0]);
    writer.u32(results.length);
    writer.copy(input, resultStart, resultEnd);
  }
}

/** Writes the added functions' entries of the function section. */
export function writeAddedFunctions(writer: Writer, { added, memories }: HelperOptions): void {
  for (const type of FUNCTION_TYPES) writer.u32(added.types + type);
  for (const memory of memories) {
    writer.u32(added.types + (memory.is64 ? TYPE.growI64 : TYPE.growI32));
  }
}

/** Writes the added functions' bodies. */
export function writeAddedBodies(writer: Writer, options: HelperOptions): void {
  const bodies: readonly ((code: HelperCode) => void)[] = [
    (code) => code.snapshot(),
    (code) => code.reset(),
    (code) => code.fuel(),
    (code) => code.global(OP.global_get, ADDED_GLOBAL.state),
    (code) => code.op(OP.unreachable),
    (code) => code.outOfFuel(),
    (code) => code.outOfFuelAtEntry(),
    (code) => code.allocate(),
    (code) => code.allocateArray(),
    ...options.memories.map((_, index) => (code: HelperCode) => code.grow(index)),
  ];
  for (const body of bodies) writeBody(writer, options, body);
}

function writeBody(
  writer: Writer,
  options: HelperOptions,
  body: (code: HelperCode) => void,
): void {
  const size = writer.open(0);
  writer.u32(0); // no locals
  body(new HelperCode(writer, options));
  writer.byte(OP.end);
  writer.close(size);
}

/** Writes the instructions of one generated function. */
class HelperCode {
  constructor(readonly writer: Writer, readonly options: HelperOptions) {}

  /** Copies every mutable global to its shadow. */
  snapshot(): void {
    this.#eachMutable((own, shadow) => this.#copyGlobal(own, shadow));
  }

  /** Copies the shadows back and begins a run's counts anew. */
  reset(): void {
    this.#eachMutable((own, shadow) => this.#copyGlobal(shadow, own));
    this.op(OP.local_get, 0);
    this.#f64Const(MAX_BUDGET);
    this.op(OP.f64_min);
    this.writer.raw([0xfc, 6]); // i64.trunc_sat_f64_s
    this.global(OP.global_set, ADDED_GLOBAL.budget);
    this.#i64Const(0);
    this.global(OP.global_get, ADDED_GLOBAL.budget);
    this.op(OP.i64_sub);
    this.global(OP.global_set, ADDED_GLOBAL.fuel);
    this.op(OP.local_get, 1);
    this.global(OP.global_set, ADDED_GLOBAL.inlinePages);
    this.#i32Const(0);
    this.global(OP.global_set, ADDED_GLOBAL.state);
    this.#i64Const(-this.options.limitPages * PAGE_BYTES);
    this.global(OP.global_set, ADDED_GLOBAL.gcBytes);
  }

  /** Budget plus counter is what was consumed. */
  fuel(): void {
    this.global(OP.global_get, ADDED_GLOBAL.budget);
    this.global(OP.global_get, ADDED_GLOBAL.fuel);
    this.op(OP.i64_add);
    this.op(OP.f64_convert_i64_s);
  }

  outOfFuel(): void {
    this.op(OP.local_get, 0);
    this.global(OP.global_set, ADDED_GLOBAL.fuel);
    this.#stop(STATE.outOfFuel);
  }

  outOfFuelAtEntry(): void {
    this.global(OP.global_get, ADDED_GLOBAL.fuel);
    this.#i64Const(1);
    this.op(OP.i64_add);
    this.global(OP.global_set, ADDED_GLOBAL.fuel);
    this.#stop(STATE.outOfFuel);
  }

  allocate(): void {
    this.global(OP.global_get, ADDED_GLOBAL.gcBytes);
    this.op(OP.local_get, 0);
    this.op(OP.i64_extend_i32_u);
    this.#chargeBytes();
  }

  allocateArray(): void {
    this.global(OP.global_get, ADDED_GLOBAL.gcBytes);
    this.op(OP.local_get, 0);
    this.op(OP.i64_extend_i32_u);
    this.op(OP.local_get, 1);
    this.op(OP.i64_extend_i32_u);
    this.op(OP.i64_mul);
    this.op(OP.i64_add);
    this.#i64Const(OBJECT_HEADER_BYTES);
    this.#chargeBytes();
  }

  #chargeBytes(): void {
    this.op(OP.i64_add);
    this.global(OP.global_set, ADDED_GLOBAL.gcBytes);
    this.global(OP.global_get, ADDED_GLOBAL.gcBytes);
    this.#i64Const(0);
    this.op(OP.i64_gt_s);
    this.#if(() => this.#stop(STATE.gcExceeded));
  }

  /**
   * `memory.grow` within limits. What the memory could not do by its own declaration is answered -1 and no
   * more; what only Skerry's limit forbids is noted as well.
   */
  grow(index: number): void {
    const memory = this.options.memories[index]!;
    const addressable = memory.is64 ? ADDRESSABLE_PAGES.i64 : ADDRESSABLE_PAGES.i32;
    this.#delta(memory);
    this.#i64Const(Math.min(memory.maximum ?? addressable, addressable));
    this.#pages(index);
    this.op(OP.i64_sub);
    this.op(OP.i64_gt_u);
    this.#if(() => this.#deny(memory));
    this.#totalAfter(memory);
    this.#i64Const(this.options.limitPages);
    this.op(OP.i64_gt_u);
    this.#if(() => {
      this.#set(STATE.growDenied);
      this.#deny(memory);
    });
    this.#promote(memory);
    this.op(OP.local_get, 0);
    this.op(OP.memory_grow, index);
  }

  #promote(memory: Limits): void {
    this.#totalAfter(memory);
    this.global(OP.global_get, ADDED_GLOBAL.inlinePages);
    this.op(OP.i64_extend_i32_u);
    this.op(OP.i64_gt_u);
    this.op(OP.local_get, 0);
    this.op(memory.is64 ? OP.i64_eqz : OP.i32_eqz);
    this.op(OP.i32_eqz);
    this.op(OP.i32_and);
    this.#if(() => this.#stop(STATE.promote));
  }

  /** Answers -1. */
  #deny(memory: Limits): void {
    if (memory.is64) this.#i64Const(-1);
    else this.#i32Const(-1);
    this.op(OP.return);
  }

  /** Pages of all memories and those asked for. */
  #totalAfter(memory: Limits): void {
    this.#delta(memory);
    this.options.memories.forEach((_, index) => {
      this.#pages(index);
      this.op(OP.i64_add);
    });
  }

  #delta(memory: Limits): void {
    this.op(OP.local_get, 0);
    if (!memory.is64) this.op(OP.i64_extend_i32_u);
  }

  #pages(index: number): void {
    this.op(OP.memory_size, index);
    if (!this.options.memories[index]!.is64) this.op(OP.i64_extend_i32_u);
  }

  #stop(bit: number): void {
    this.#set(bit);
    this.op(OP.unreachable);
  }

  #set(bit: number): void {
    this.global(OP.global_get, ADDED_GLOBAL.state);
    this.#i32Const(bit);
    this.op(OP.i32_or);
    this.global(OP.global_set, ADDED_GLOBAL.state);
  }

  #eachMutable(visit: (own: number, shadow: number) => void): void {
    const { added, globals, importedGlobals } = this.options;
    let shadow = added.globals + ADDED_GLOBAL.count;
    globals.forEach((global, index) => {
      if (global.isMutable) visit(importedGlobals + index, shadow++);
    });
  }

  #copyGlobal(from: number, to: number): void {
    this.op(OP.global_get, from);
    this.op(OP.global_set, to);
  }

  /** An added global, by its place among them. */
  global(opcode: number, which: number): void {
    this.op(opcode, this.options.added.globals + which);
  }

  op(opcode: number, immediate?: number): void {
    this.writer.byte(opcode);
    if (immediate !== undefined) this.writer.u32(immediate);
  }

  #if(then: () => void): void {
    this.writer.raw([OP.if, VOID]);
    then();
    this.op(OP.end);
  }

  #i32Const(value: number): void {
    this.writer.byte(OP.i32_const);
    this.writer.s64(value);
  }

  #i64Const(value: number): void {
    this.writer.byte(OP.i64_const);
    this.writer.s64(value);
  }

  #f64Const(value: number): void {
    this.writer.byte(OP.f64_const);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.writer.raw(bytes);
  }
}
