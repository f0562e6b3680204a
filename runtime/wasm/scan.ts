import { elementBytes, structBytes } from "./const_expr.ts";
import { EVENT, type EventList, FLAG } from "./events.ts";
import { Flow } from "./flow.ts";
import * as opcodes from "./opcodes.ts";
import { type CodeScope, Operands } from "./operands.ts";
import { type Reader, refuse } from "./reader.ts";
import { type FunctionType, OBJECT_HEADER_BYTES } from "./types.ts";

/** A bulk operation of this constant length or less is charged but not checked, as in Wasmtime. */
const UNCHECKED_UNITS = 128;
const MAX_I32 = 0x7fffffff;
/** Forms of exception handling. */
const LEGACY = 1;
const NEW = 2;

/** Decodes function bodies into events, one function after another. */
export class Scanner {
  /** Facts about all functions scanned so far. */
  usesExceptions = false;
  writesObjects = false;
  /** Scratch locals that the last function needs. */
  needsI32 = false;
  needsI64 = false;
  readonly operands: Operands;
  #exceptionForms = 0;
  #flow = new Flow();
  #reader!: Reader;

  constructor(scope: CodeScope) {
    this.operands = new Operands(scope);
  }

  /** The events of the last function. */
  get events(): EventList {
    return this.#flow.events;
  }

  /** Scans one body, which the reader spans exactly. */
  scan(reader: Reader, type: FunctionType): void {
    this.#reader = reader;
    this.needsI32 = this.needsI64 = false;
    this.operands.begin(reader, type);
    this.#flow.begin(reader);
    while (!this.#flow.isEnded) this.#operator();
    if (reader.pos !== reader.end) refuse(reader.pos, "function body goes on after its end");
    this.#flow.markTails();
  }

  #operator(): void {
    const at = this.#reader.pos;
    const opcode = this.#reader.byte();
    const kind = opcodes.BASIC[opcode]!;
    if (kind === opcodes.FREE) return;
    if (kind === opcodes.FLOW) return this.#flowOperator(opcode, at);
    if (kind === opcodes.PREFIX) return this.#prefixed(opcode, at);
    if (kind === opcodes.UNKNOWN) refuse(at, `unknown opcode ${hex(opcode)}`);
    this.#flow.cost++;
    if (kind === opcodes.PLAIN) return;
    if (kind !== opcodes.SPECIAL) return this.operands.skip(kind, at);
    this.#specialOperator(opcode, at);
  }

  #prefixed(prefix: number, at: number): void {
    const opcode = this.#reader.u32();
    const kind = prefixTable(prefix)[opcode] ?? opcodes.UNKNOWN;
    if (kind === opcodes.UNKNOWN) refuse(at, `unknown opcode ${hex(prefix)} ${hex(opcode)}`);
    this.#flow.cost++;
    if (kind === opcodes.PLAIN) return;
    if (kind !== opcodes.SPECIAL) return this.operands.skip(kind, at);
    if (prefix === opcodes.PREFIX_GC) this.#objectOperator(opcode, at);
    else this.#bulkOperator(opcode, at);
  }

  /** Control flow that costs nothing where control falls into it. */
  #flowOperator(opcode: number, at: number): void {
    switch (opcode) {
      case 0x02: // block
        return this.#block(EVENT.block, at);
      case 0x03: // loop
        return this.#block(EVENT.loop, at);
      case 0x05: // else
        return this.#flow.else(at);
      case 0x0b: // end
        return this.#flow.end(at);
      case 0x07: // catch
        this.operands.index();
        return this.#flow.catch(at);
      case 0x19: // catch_all
        return this.#flow.catch(at);
      default: // unreachable, return
        this.#flow.exit(at);
    }
  }

  #block(kind: number, at: number): void {
    this.operands.blockType();
    this.#flow.open(kind, at);
  }

  #specialOperator(opcode: number, at: number): void {
    switch (opcode) {
      case 0x04: // if
        return this.#block(EVENT.if, at);
      case 0x0c: // br
        return this.#flow.branch(at);
      case 0x0d: // br_if
      case 0xd5: // br_on_null
      case 0xd6: // br_on_non_null
        this.#flow.label(FLAG.conditional);
        return this.#flow.branchIf(at);
      case 0x0e: // br_table
        return this.#flow.branchTable(at);
      case 0x26: // table.set
        this.operands.table();
        return this.#dirty(at);
      case 0x40: // memory.grow
        return this.#grow(at);
      default:
        if (opcode >= 0x10 && opcode <= 0x15) this.#call(opcode, at);
        else this.#exceptionOperator(opcode, at);
    }
  }

  #call(opcode: number, at: number): void {
    if (opcode <= 0x12 && opcode !== 0x11) {
      this.operands.function(); // call, return_call
    } else {
      this.operands.type(); // call_indirect, return_call_indirect, call_ref, return_call_ref
      if (opcode <= 0x13) this.operands.table();
    }
    const isTail = opcode === 0x12 || opcode === 0x13 || opcode === 0x15;
    if (isTail) this.#flow.exit(at);
    else this.#flow.push(EVENT.call, at, 0);
  }

  #exceptionOperator(opcode: number, at: number): void {
    this.usesExceptions = true;
    if (opcode !== 0x08) {
      this.#noteExceptions(opcode === 0x0a || opcode === 0x1f ? NEW : LEGACY, at);
    }
    switch (opcode) {
      case 0x06: // try
        return this.#block(EVENT.try, at);
      case 0x08: // throw
        return this.#throw(at);
      case 0x09: // rethrow
        this.operands.index();
        return this.#flow.exit(at);
      case 0x0a: // throw_ref
        return this.#flow.exit(at);
      case 0x18: // delegate
        this.operands.index();
        return this.#flow.delegate(at);
      default: // try_table
        this.#tryTable(at);
    }
  }

  /** V8 forbids the mixture, but finds it or not as its threads happen to share out the functions. */
  #noteExceptions(form: number, at: number): void {
    this.#exceptionForms |= form;
    if (this.#exceptionForms === (LEGACY | NEW)) {
      refuse(at, "legacy and new exception handling mixed");
    }
  }

  #throw(at: number): void {
    const { tagBytes, chargesThrows } = this.operands.scope;
    const tag = this.#reader.index(tagBytes.length, "tag");
    if (chargesThrows) this.#allocate(at, tagBytes[tag]!);
    this.#flow.exit(at);
  }

  #tryTable(at: number): void {
    this.operands.blockType();
    for (let n = this.#reader.count(); n > 0; n--) {
      const kindAt = this.#reader.pos;
      const kind = this.#reader.byte();
      if (kind > 3) refuse(kindAt, "unknown kind of catch");
      if (kind < 2) this.operands.index(); // the tag, which catch_all has not
      this.#flow.label(FLAG.catches);
    }
    this.#flow.open(EVENT.tryTable, at);
  }

  #grow(at: number): void {
    const memory = this.#reader.index(this.operands.scope.memories64.length, "memory");
    if (this.operands.constantBefore(at) === undefined) this.#flow.push(EVENT.check, at, 0);
    this.#flow.push(EVENT.grow, at, memory);
  }

  #dirty(at: number): void {
    this.#flow.push(EVENT.dirty, at, 0);
  }

  /** Charges an operator for its length, the value on top of the stack. */
  #bulk(at: number, is64: boolean): void {
    if (this.#flow.isDead) return;
    const units = this.operands.constantBefore(at);
    if (units === undefined) {
      if (is64) this.needsI64 = true;
      else this.needsI32 = true;
      this.#flow.push(is64 ? EVENT.chargeI64 : EVENT.chargeI32, at, 0);
      return;
    }
    this.#flow.cost += units;
    if (units > UNCHECKED_UNITS) this.#flow.push(EVENT.check, at, 0);
  }

  #bulkOperator(opcode: number, at: number): void {
    switch (opcode) {
      case 0x08: // memory.init
        this.operands.index();
        this.operands.memory();
        return this.#bulk(at, false);
      case 0x09: // data.drop
      case 0x0d: // elem.drop
        this.operands.index();
        return this.#dirty(at);
      case 0x0a: { // memory.copy
        const isTo64 = this.operands.memory();
        return this.#bulk(at, this.operands.memory() && isTo64);
      }
      case 0x0b: // memory.fill
        return this.#bulk(at, this.operands.memory());
      default:
        this.#tableOperator(opcode, at);
    }
  }

  #tableOperator(opcode: number, at: number): void {
    this.#dirty(at);
    switch (opcode) {
      case 0x0c: // table.init
        this.operands.index();
        this.operands.table();
        return this.#bulk(at, false);
      case 0x0e: { // table.copy
        const isTo64 = this.operands.table();
        return this.#bulk(at, this.operands.table() && isTo64);
      }
      default: // table.grow, table.fill
        return this.#bulk(at, this.operands.table());
    }
  }

  #objectOperator(opcode: number, at: number): void {
    const { types } = this.operands.scope;
    switch (opcode) {
      case 0x00: // struct.new
      case 0x01: // struct.new_default
        return this.#allocate(at, structBytes(types, this.#reader, at));
      case 0x05: // struct.set
        this.writesObjects = true;
        this.operands.type();
        return this.operands.index();
      case 0x08: { // array.new_fixed
        const each = elementBytes(types, this.#reader, at);
        return this.#allocate(at, OBJECT_HEADER_BYTES + each * this.#reader.u32());
      }
      case 0x18: // br_on_cast
      case 0x19: // br_on_cast_fail
        this.#reader.skip(1);
        this.#flow.label(FLAG.conditional);
        this.operands.heapType();
        this.operands.heapType();
        return this.#flow.branchIf(at);
      default:
        if (opcode <= 0x0a) this.#newArray(opcode, at);
        else this.#writeArray(opcode, at);
    }
  }

  #allocate(at: number, bytes: number): void {
    this.#flow.push(EVENT.allocate, at, Math.min(bytes, MAX_I32));
  }

  /** `array.new`, `array.new_default`, `array.new_data`, `array.new_elem` */
  #newArray(opcode: number, at: number): void {
    const each = elementBytes(this.operands.scope.types, this.#reader, at);
    if (opcode > 0x07) this.operands.index(); // the segment
    this.#bulk(at, false);
    this.needsI32 = true;
    this.#flow.push(EVENT.allocateArray, at, each);
  }

  /** `array.set`, `array.fill`, `array.copy`, `array.init_data`, `array.init_elem` */
  #writeArray(opcode: number, at: number): void {
    this.writesObjects = true;
    this.operands.type();
    if (opcode === 0x0e) return;
    if (opcode > 0x10) this.operands.index(); // the source's type, or the segment
    this.#bulk(at, false);
  }
}

function prefixTable(prefix: number): Uint8Array {
  switch (prefix) {
    case opcodes.PREFIX_SIMD:
      return opcodes.SIMD;
    case opcodes.PREFIX_MISC:
      return opcodes.MISC;
    case opcodes.PREFIX_GC:
      return opcodes.GC;
    default:
      return opcodes.ATOMIC;
  }
}

function hex(opcode: number): string {
  return `0x${opcode.toString(16)}`;
}
