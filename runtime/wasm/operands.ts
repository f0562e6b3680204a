import { readI32 } from "./const_expr.ts";
import * as opcodes from "./opcodes.ts";
import { Reader, refuse } from "./reader.ts";
import type { FunctionType, TypeEntry } from "./types.ts";
import { readHeapType, readValueType, skipBlockType } from "./value_types.ts";

/** What the code of a module may refer to. */
export interface CodeScope {
  readonly types: readonly TypeEntry[];
  readonly functionCount: number;
  readonly globalCount: number;
  /** Whether each memory, and each table, has 64-bit addresses. */
  readonly memories64: readonly boolean[];
  readonly tables64: readonly boolean[];
  /** Bytes each tag's exceptions take on V8's heap. */
  readonly tagBytes: readonly number[];
  /** Whether exceptions can be kept, so that they pile up and must be charged. */
  readonly chargesThrows: boolean;
}

/** Above every budget, and still far from where an i64 sum would wrap. */
export const MOST_UNITS = 2 ** 62;

/** Locals V8 takes in a function, parameters included. */
const MAX_LOCALS = 50_000;
/** Locals the meter may add. */
const ADDED_LOCALS = 3;
const I32_CONST = 0x41;
/** A memarg whose alignment has this bit goes on with a memory index. */
const HAS_MEMORY_INDEX = 0x40;

/** Reads what follows the opcodes of one function body, and checks the indices that must be checked. */
export class Operands {
  reader: Reader = new Reader(new Uint8Array(0), 0, 0);
  /** Locals, parameters included; the groups they are declared in; where these stand. */
  localCount = 0;
  localGroups = 0;
  localGroupsStart = 0;
  localsEnd = 0;
  /** Where the last constant stands: its value is known to what follows immediately. */
  #constStart = 0;
  #constEnd = 0;

  constructor(readonly scope: CodeScope) {}

  /** Begins a body: reads the declaration of its locals. */
  begin(reader: Reader, type: FunctionType): void {
    this.reader = reader;
    this.localGroups = reader.count();
    this.localGroupsStart = reader.pos;
    let count = type.params.length;
    for (let i = 0; i < this.localGroups; i++) {
      const at = reader.pos;
      count += reader.u32();
      if (count > MAX_LOCALS - ADDED_LOCALS) refuse(at, `${count} locals in a function`);
      readValueType(reader, this.scope.types.length);
    }
    this.localCount = count;
    this.localsEnd = reader.pos;
    this.#constEnd = 0;
  }

  /** Passes over what follows the opcode at `at`, which is of this kind (see `opcodes.ts`). */
  skip(kind: number, at: number): void {
    const { reader } = this;
    switch (kind) {
      case opcodes.LOCAL:
        reader.index(this.localCount, "local");
        return;
      case opcodes.GLOBAL:
        reader.index(this.scope.globalCount, "global");
        return;
      case opcodes.MEMARG:
        return this.#memarg();
      case opcodes.I32_CONST:
      case opcodes.I64_CONST:
        reader.skipLeb(kind === opcodes.I32_CONST ? 5 : 10);
        this.#constStart = at;
        this.#constEnd = reader.pos;
        return;
      default:
        this.#skipRare(kind);
    }
  }

  #skipRare(kind: number): void {
    const { reader } = this;
    switch (kind) {
      case opcodes.BYTE:
        return reader.skip(1);
      case opcodes.BYTES_4:
        return reader.skip(4);
      case opcodes.BYTES_8:
        return reader.skip(8);
      case opcodes.BYTES_16:
        return reader.skip(16);
      case opcodes.MEMARG_LANE:
        this.#memarg();
        return reader.skip(1);
      case opcodes.FUNCTION:
        return this.function();
      case opcodes.HEAP_TYPE:
        return this.heapType();
      case opcodes.SELECT_TYPE:
        return this.#selectType();
      case opcodes.TYPE:
        return this.type();
      case opcodes.TYPE_INDEX:
        this.type();
        return this.index();
      default:
        this.index();
    }
  }

  /**
   * The one type of a `select`. V8 looks at the low 8 bits of the count alone: to read 257 types where it
   * reads one would be to take for types what it takes for code.
   */
  #selectType(): void {
    const at = this.reader.pos;
    if (this.reader.u32() !== 1) refuse(at, "select has not exactly one type");
    readValueType(this.reader, this.scope.types.length);
  }

  #memarg(): void {
    const alignment = this.reader.u32();
    if (alignment & HAS_MEMORY_INDEX) this.memory();
    this.reader.skipLeb(10);
  }

  /** An index into a space that the rewriter does not extend; V8 judges it. */
  index(): void {
    this.reader.u32();
  }

  type(): void {
    this.reader.index(this.scope.types.length, "type");
  }

  function(): void {
    this.reader.index(this.scope.functionCount, "function");
  }

  heapType(): void {
    readHeapType(this.reader, this.scope.types.length);
  }

  blockType(): void {
    skipBlockType(this.reader, this.scope.types.length);
  }

  /** A memory index. @returns whether the memory has 64-bit addresses */
  memory(): boolean {
    const { memories64 } = this.scope;
    return memories64[this.reader.index(memories64.length, "memory")]!;
  }

  /** A table index. @returns whether the table has 64-bit addresses */
  table(): boolean {
    const { tables64 } = this.scope;
    return tables64[this.reader.index(tables64.length, "table")]!;
  }

  /**
   * The unsigned value of the constant on top of the stack, if the operator before the one at `at` pushed it;
   * at most {@linkcode MOST_UNITS}.
   */
  constantBefore(at: number): number | undefined {
    if (this.#constEnd !== at) return undefined;
    const { bytes } = this.reader;
    const reader = new Reader(bytes, this.#constStart + 1, at);
    return bytes[this.#constStart] === I32_CONST ? readI32(reader) : readUnits(reader);
  }
}

function readUnits(reader: Reader): number {
  let value = 0;
  for (let scale = 1;; scale *= 128) {
    const byte = reader.byte();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte & 0x40 ? MOST_UNITS : Math.min(value, MOST_UNITS);
  }
}
