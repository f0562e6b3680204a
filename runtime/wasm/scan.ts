import { elementBytes, readI32, structBytes } from "./const_expr.ts";
import { EVENT, EventList, FLAG } from "./events.ts";
import * as opcodes from "./opcodes.ts";
import { type Reader, refuse } from "./reader.ts";
import { type FunctionType, OBJECT_HEADER_BYTES, type TypeEntry } from "./types.ts";
import { readHeapType, readValueType, skipBlockType } from "./value_types.ts";

/** What the code of a module may refer to. */
export interface CodeScope {
  readonly types: readonly TypeEntry[];
  readonly functionCount: number;
  readonly globalCount: number;
  /** Whether each memory, and each table, has 64-bit addresses. */
  readonly memories64: readonly boolean[];
  readonly tables64: readonly boolean[];
  /** Whether thrown exceptions can pile up on the heap, so that they must be charged. */
  readonly chargesThrows: boolean;
}

/** Locals V8 takes in a function, parameters included. */
const MAX_LOCALS = 50_000;
/** Locals the meter may add. */
const ADDED_LOCALS = 3;
/** A bulk operation of this constant length or less is charged but not checked, as in Wasmtime. */
const UNCHECKED_UNITS = 128;
/** Above every budget, and still far from where an i64 sum would wrap. */
const MANY_UNITS = 2 ** 62;
/** What a thrown exception is reckoned to take on V8's heap (measured: about 300). */
const EXCEPTION_BYTES = 512;
const MAX_BYTES = 0x7fffffff;

const I32_CONST = 0x41;

/** Decodes function bodies into events, one function after another. */
export class Scanner {
  readonly events = new EventList();
  /** Facts about all functions scanned so far. */
  usesExceptions = false;
  writesObjects = false;
  /** Facts about the last function: its locals, where their declaration ends, the scratch locals it needs. */
  localCount = 0;
  localGroups = 0;
  localGroupsStart = 0;
  localsEnd = 0;
  needsI32 = false;
  needsI64 = false;

  #scope: CodeScope;
  #reader!: Reader;
  /** The events that open the blocks around the current operator, all of them live. */
  #frames: number[] = [];
  /** 0 in live code; in dead code 1 more than the blocks opened since it became dead. */
  #dead = 0;
  /** Flat cost since the last event. */
  #cost = 0;
  /** Where the last constant stands: its value is known to what follows immediately. */
  #constStart = 0;
  #constEnd = 0;

  constructor(scope: CodeScope) {
    this.#scope = scope;
  }

  /** Scans one body, which the reader spans exactly. */
  scan(reader: Reader, type: FunctionType): void {
    this.#reader = reader;
    this.#readLocals(type.params.length);
    this.needsI32 = this.needsI64 = false;
    this.events.count = 0;
    this.#dead = 0;
    // Every function entry costs 1.
    this.#cost = 1;
    this.#frames.length = 0;
    this.#open(EVENT.function, reader.pos);
    while (this.#frames.length > 0) this.#operator();
    if (reader.pos !== reader.end) refuse(reader.pos, "function body goes on after its end");
    this.#markTails();
  }

  #readLocals(paramCount: number): void {
    const reader = this.#reader;
    const groups = reader.count();
    this.localGroupsStart = reader.pos;
    let count = paramCount;
    for (let i = 0; i < groups; i++) {
      const at = reader.pos;
      count += reader.u32();
      if (count > MAX_LOCALS - ADDED_LOCALS) refuse(at, `${count} locals in a function`);
      readValueType(reader, this.#scope.types.length);
    }
    this.localCount = count;
    this.localGroups = groups;
    this.localsEnd = reader.pos;
  }

  #operator(): void {
    const at = this.#reader.pos;
    const opcode = this.#reader.byte();
    const kind = opcodes.BASIC[opcode]!;
    if (kind === opcodes.FREE) return;
    if (kind === opcodes.SPECIAL) return this.#special(opcode, at);
    if (kind === opcodes.PREFIX) return this.#prefixed(opcode, at);
    if (kind === opcodes.UNKNOWN) refuse(at, `unknown opcode ${hex(opcode)}`);
    this.#cost++;
    if (kind !== opcodes.PLAIN) this.#immediates(kind, at);
  }

  #prefixed(prefix: number, at: number): void {
    const opcode = this.#reader.u32();
    const kind = prefixTable(prefix)[opcode] ?? opcodes.UNKNOWN;
    if (kind === opcodes.UNKNOWN) refuse(at, `unknown opcode ${hex(prefix)} ${hex(opcode)}`);
    this.#cost++;
    if (kind === opcodes.PLAIN) return;
    if (kind !== opcodes.SPECIAL) return this.#immediates(kind, at);
    if (prefix === opcodes.PREFIX_GC) this.#objectOperator(opcode, at);
    else this.#bulkOperator(opcode, at);
  }

  #immediates(kind: number, at: number): void {
    const reader = this.#reader;
    switch (kind) {
      case opcodes.LOCAL:
        reader.index(this.localCount, "local");
        return;
      case opcodes.GLOBAL:
        reader.index(this.#scope.globalCount, "global");
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
        this.#rareImmediates(kind);
    }
  }

  #rareImmediates(kind: number): void {
    const reader = this.#reader;
    const { types, functionCount } = this.#scope;
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
        reader.index(functionCount, "function");
        return;
      case opcodes.HEAP_TYPE:
        readHeapType(reader, types.length);
        return;
      case opcodes.VALUE_TYPES:
        for (let n = reader.count(); n > 0; n--) readValueType(reader, types.length);
        return;
      case opcodes.INDEX:
        reader.u32();
        return;
      default:
        this.#typeImmediates(kind);
    }
  }

  #typeImmediates(kind: number): void {
    this.#type();
    if (kind === opcodes.TYPE) return;
    this.#reader.u32();
    if (kind === opcodes.TYPE_INDEX_WRITE) this.writesObjects = true;
  }

  #type(): void {
    this.#reader.index(this.#scope.types.length, "type");
  }

  #memarg(): void {
    const alignment = this.#reader.u32();
    if (alignment & 0x40) this.#memory();
    this.#reader.skipLeb(10);
  }

  #memory(): boolean {
    const { memories64 } = this.#scope;
    return memories64[this.#reader.index(memories64.length, "memory")]!;
  }

  #table(): boolean {
    const { tables64 } = this.#scope;
    return tables64[this.#reader.index(tables64.length, "table")]!;
  }

  #special(opcode: number, at: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case 0x02: // block
        return this.#block(EVENT.block, at);
      case 0x03: // loop
        return this.#block(EVENT.loop, at);
      case 0x04: // if
        this.#cost++;
        return this.#block(EVENT.if, at);
      case 0x05: // else
        return this.#else(at);
      case 0x0b: // end
        return this.#end(at);
      case 0x0c: // br
        this.#cost++;
        this.#label(0);
        this.#push(EVENT.branch, at, this.#target);
        this.#die();
        return;
      case 0x0d: // br_if
      case 0xd5: // br_on_null
      case 0xd6: // br_on_non_null
        return this.#branchIf(at);
      case 0x0e: // br_table
        return this.#branchTable(at);
      case 0x26: // table.set
        this.#cost++;
        this.#table();
        return this.#dirty(at);
      case 0x40: // memory.grow
        return this.#grow(at);
      case 0x10: // call
        reader.index(this.#scope.functionCount, "function");
        return this.#call(at);
      case 0x11: // call_indirect
        this.#type();
        this.#table();
        return this.#call(at);
      case 0x14: // call_ref
        this.#type();
        return this.#call(at);
      default:
        this.#leaving(opcode, at);
    }
  }

  #call(at: number): void {
    this.#cost++;
    this.#push(EVENT.call, at, 0);
  }

  #leaving(opcode: number, at: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case 0x00: // unreachable
      case 0x0f: // return
        return this.#exit(at);
      case 0x12: // return_call
        reader.index(this.#scope.functionCount, "function");
        break;
      case 0x13: // return_call_indirect
        this.#type();
        this.#table();
        break;
      case 0x15: // return_call_ref
        this.#type();
        break;
      default:
        return this.#exceptionOperator(opcode, at);
    }
    this.#cost++;
    this.#exit(at);
  }

  #exit(at: number): void {
    this.#push(EVENT.exit, at, 0);
    this.#die();
  }

  #exceptionOperator(opcode: number, at: number): void {
    this.usesExceptions = true;
    switch (opcode) {
      case 0x08: // throw
        this.#reader.u32();
        if (this.#scope.chargesThrows) this.#push(EVENT.allocate, at, EXCEPTION_BYTES);
        this.#cost++;
        return this.#exit(at);
      case 0x09: // rethrow
        this.#reader.u32();
        this.#cost++;
        return this.#exit(at);
      case 0x0a: // throw_ref
        this.#cost++;
        return this.#exit(at);
      case 0x06: // try
        this.#cost++;
        return this.#block(EVENT.try, at);
      case 0x07: // catch
        this.#reader.u32();
        return this.#catch(at);
      case 0x19: // catch_all
        return this.#catch(at);
      case 0x18: // delegate
        return this.#delegate(at);
      case 0x1f: // try_table
        return this.#tryTable(at);
      default:
        refuse(at, `unknown opcode ${hex(opcode)}`);
    }
  }

  #block(kind: number, at: number): void {
    skipBlockType(this.#reader, this.#scope.types.length);
    this.#open(kind, at);
  }

  #open(kind: number, at: number): void {
    if (this.#dead > 0) this.#dead++;
    else this.#frames.push(this.#push(kind, at, 0));
  }

  /** Records an event, unless the code is dead. */
  #push(kind: number, at: number, aux: number): number {
    if (this.#dead > 0) return 0;
    const cost = this.#cost;
    this.#cost = 0;
    return this.events.push(kind, at, this.#reader.pos, cost, aux);
  }

  #die(): void {
    if (this.#dead === 0) this.#dead = 1;
  }

  /** The event that opens the block named by the last label read in live code. */
  #target = 0;

  /** Reads a label and notes these flags at the block it names. */
  #label(flags: number): void {
    const nested = this.#dead === 0 ? 0 : this.#dead - 1;
    const depth = this.#reader.index(this.#frames.length + nested, "label");
    if (this.#dead > 0) return;
    this.#target = this.#frames[this.#frames.length - 1 - depth]!;
    this.events.flags[this.#target]! |= flags | FLAG.merges;
  }

  #branchIf(at: number): void {
    this.#cost++;
    this.#label(FLAG.conditional);
    this.#push(EVENT.branchIf, at, this.#target);
  }

  #branchTable(at: number): void {
    this.#cost++;
    for (let n = this.#reader.count(); n >= 0; n--) this.#label(FLAG.conditional | FLAG.table);
    this.#push(EVENT.branchTable, at, 0);
    this.#die();
  }

  #else(at: number): void {
    if (this.#dead > 1) return;
    const opener = this.#frames[this.#frames.length - 1]!;
    const flags = this.events.flags[opener]!;
    if (this.events.kinds[opener] !== EVENT.if || flags & FLAG.hasElse) {
      refuse(at, "else without if");
    }
    this.#arm(EVENT.else, at, opener, FLAG.hasElse);
  }

  #catch(at: number): void {
    if (this.#dead > 1) return;
    const opener = this.#frames[this.#frames.length - 1]!;
    if (this.events.kinds[opener] !== EVENT.try) refuse(at, "catch without try");
    this.#arm(EVENT.catch, at, opener, FLAG.hasCatch);
    this.#cost = 1;
  }

  /** Ends one arm of a block and begins the next, which is live. */
  #arm(kind: number, at: number, opener: number, flag: number): void {
    this.#close(kind, at, opener);
    this.events.flags[opener]! |= flag | (this.#dead === 0 ? FLAG.merges : 0);
    this.#dead = 0;
  }

  /** Records an event that ends live or dead code. */
  #close(kind: number, at: number, opener: number): void {
    const isLive = this.#dead === 0;
    const event = this.events.push(kind, at, this.#reader.pos, isLive ? this.#cost : 0, opener);
    if (isLive) this.events.flags[event]! |= FLAG.live;
    this.#cost = 0;
  }

  #delegate(at: number): void {
    this.#reader.u32();
    this.#cost++;
    const opener = this.#frames[this.#frames.length - 1]!;
    const isTry = this.events.kinds[opener] === EVENT.try;
    if (this.#dead <= 1 && (!isTry || this.events.flags[opener]! & FLAG.hasCatch)) {
      refuse(at, "delegate without try");
    }
    this.#end(at);
  }

  #end(at: number): void {
    if (this.#dead > 1) {
      this.#dead--;
      return;
    }
    const opener = this.#frames.pop()!;
    const { kinds, flags } = this.events;
    const hasSkip = kinds[opener] === EVENT.if && !(flags[opener]! & FLAG.hasElse);
    const isLive = this.#dead === 0;
    if (hasSkip && isLive) flags[opener]! |= FLAG.merges;
    this.#close(EVENT.end, at, opener);
    const isJoined = kinds[opener] !== EVENT.loop && (flags[opener]! & FLAG.merges) !== 0;
    this.#dead = isLive || hasSkip || isJoined ? 0 : 1;
  }

  #tryTable(at: number): void {
    this.#cost++;
    skipBlockType(this.#reader, this.#scope.types.length);
    for (let n = this.#reader.count(); n > 0; n--) {
      const kindAt = this.#reader.pos;
      const kind = this.#reader.byte();
      if (kind > 3) refuse(kindAt, "unknown kind of catch");
      if (kind < 2) this.#reader.u32();
      this.#label(FLAG.catches);
    }
    this.#open(EVENT.tryTable, at);
  }

  #grow(at: number): void {
    const memories = this.#scope.memories64.length;
    const memory = this.#reader.index(memories, "memory");
    this.#cost++;
    if (this.#constEnd !== at) this.#push(EVENT.check, at, 0);
    this.#push(EVENT.grow, at, memory);
  }

  #dirty(at: number): void {
    this.#push(EVENT.dirty, at, 0);
  }

  /** Charges an operator for its length, the value on top of the stack. */
  #bulk(at: number, is64: boolean): void {
    if (this.#constEnd === at) return this.#constantBulk(at);
    if (this.#dead > 0) return;
    if (is64) this.needsI64 = true;
    else this.needsI32 = true;
    this.#push(is64 ? EVENT.chargeI64 : EVENT.chargeI32, at, 0);
  }

  #constantBulk(at: number): void {
    const reader = this.#reader;
    const { pos } = reader;
    reader.pos = this.#constStart;
    const isI32 = reader.byte() === I32_CONST;
    const units = isI32 ? readI32(reader) : readUnits(reader);
    reader.pos = pos;
    this.#cost += units;
    if (units > UNCHECKED_UNITS) this.#push(EVENT.check, at, 0);
  }

  #bulkOperator(opcode: number, at: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case 0x08: // memory.init
        reader.u32();
        this.#memory();
        return this.#bulk(at, false);
      case 0x09: // data.drop
      case 0x0d: // elem.drop
        reader.u32();
        return this.#dirty(at);
      case 0x0a: { // memory.copy
        const isTo64 = this.#memory();
        return this.#bulk(at, this.#memory() && isTo64);
      }
      case 0x0b: // memory.fill
        return this.#bulk(at, this.#memory());
      default:
        this.#tableOperator(opcode, at);
    }
  }

  #tableOperator(opcode: number, at: number): void {
    this.#dirty(at);
    switch (opcode) {
      case 0x0c: // table.init
        this.#reader.u32();
        this.#table();
        return this.#bulk(at, false);
      case 0x0e: { // table.copy
        const isTo64 = this.#table();
        return this.#bulk(at, this.#table() && isTo64);
      }
      default: // table.grow, table.fill
        return this.#bulk(at, this.#table());
    }
  }

  #objectOperator(opcode: number, at: number): void {
    const { types } = this.#scope;
    const reader = this.#reader;
    switch (opcode) {
      case 0x00: // struct.new
      case 0x01: // struct.new_default
        this.#push(EVENT.allocate, at, structBytes(types, reader, at));
        return;
      case 0x08: { // array.new_fixed
        const each = elementBytes(types, reader, at);
        const bytes = OBJECT_HEADER_BYTES + each * reader.u32();
        this.#push(EVENT.allocate, at, Math.min(bytes, MAX_BYTES));
        return;
      }
      case 0x18: // br_on_cast
      case 0x19: // br_on_cast_fail
        reader.skip(1);
        this.#label(FLAG.conditional);
        readHeapType(reader, types.length);
        readHeapType(reader, types.length);
        this.#push(EVENT.branchIf, at, this.#target);
        return;
      default:
        this.#arrayOperator(opcode, at);
    }
  }

  #arrayOperator(opcode: number, at: number): void {
    const reader = this.#reader;
    if (opcode > 0x0a) {
      this.writesObjects = true;
      this.#type();
      if (opcode > 0x10) reader.u32(); // all but array.set and array.fill
      if (opcode !== 0x0e) this.#bulk(at, false);
      return;
    }
    const each = elementBytes(this.#scope.types, reader, at);
    if (opcode > 0x07) reader.u32(); // the segment of array.new_data and array.new_elem
    this.#bulk(at, false);
    this.needsI32 = true;
    this.#push(EVENT.allocateArray, at, each);
  }

  /** Marks the blocks after whose end the function ends as well. */
  #markTails(): void {
    const { kinds, flags, starts, ends, costs, aux, count } = this.events;
    flags[0]! |= FLAG.tail;
    for (let i = count - 2; i > 0; i--) {
      if (kinds[i] !== EVENT.end || starts[i + 1] !== ends[i] || costs[i + 1]! > 0) continue;
      const next = kinds[i + 1];
      const isTail = (flags[aux[i + 1]!]! & FLAG.tail) !== 0;
      if (isTail && (next === EVENT.end || next === EVENT.else)) flags[aux[i]!]! |= FLAG.tail;
    }
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

/** An `i64.const`'s immediate as an unsigned length, at most {@linkcode MANY_UNITS}. */
function readUnits(reader: Reader): number {
  let value = 0;
  for (let scale = 1;; scale *= 128) {
    const byte = reader.byte();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte & 0x40 ? MANY_UNITS : Math.min(value, MANY_UNITS);
  }
}
