import { type Reader, refuse } from "./reader.ts";
import { OBJECT_HEADER_BYTES, type TypeEntry } from "./types.ts";
import { readHeapType } from "./value_types.ts";

/** What a constant expression may refer to. */
export interface ConstScope {
  readonly types: readonly TypeEntry[];
  readonly functionCount: number;
  /** Globals defined before this point. */
  readonly globalCount: number;
}

const END = 0x0b;
const I32_CONST = 0x41;

/**
 * Passes over a constant expression and returns the bytes of garbage-collected objects it makes: these are
 * made at instantiation, before any run is bounded, so their sum must be known beforehand.
 */
export function skipConstExpr(reader: Reader, scope: ConstScope): number {
  let bytes = 0;
  /** The value of the `i32.const` just before, which is the length if an array is made next. */
  let length: number | undefined;
  for (;;) {
    const at = reader.pos;
    const opcode = reader.byte();
    if (opcode === END) return bytes;
    if (opcode === I32_CONST) {
      length = readI32(reader);
      continue;
    }
    if (opcode === 0xfb) bytes += gcBytes(reader, scope, length, at);
    else skipPlain(reader, scope, opcode, at);
    length = undefined;
  }
}

/** An `i32.const`'s immediate, as unsigned. */
export function readI32(reader: Reader): number {
  const at = reader.pos;
  const value = reader.s33();
  if (value < -0x80000000 || value > 0x7fffffff) refuse(at, "integer does not fit 32 bits");
  return value >>> 0;
}

function skipPlain(reader: Reader, scope: ConstScope, opcode: number, at: number): void {
  switch (opcode) {
    case 0x23: // global.get
      reader.index(scope.globalCount, "global");
      return;
    case 0x42: // i64.const
      return reader.skipLeb(10);
    case 0x43: // f32.const
      return reader.skip(4);
    case 0x44: // f64.const
      return reader.skip(8);
    case 0xd0: // ref.null
      readHeapType(reader, scope.types.length);
      return;
    case 0xd2: // ref.func
      reader.index(scope.functionCount, "function");
      return;
    case 0xfd:
      if (reader.u32() !== 0x0c) refuse(at, "operator is not constant");
      return reader.skip(16); // v128.const
    default:
      // add, sub and mul of i32 and i64 (the extended constant expressions)
      if ((opcode < 0x6a || opcode > 0x6c) && (opcode < 0x7c || opcode > 0x7e)) {
        refuse(at, `operator 0x${opcode.toString(16)} is not constant`);
      }
  }
}

function gcBytes(
  reader: Reader,
  scope: ConstScope,
  length: number | undefined,
  at: number,
): number {
  const opcode = reader.u32();
  switch (opcode) {
    case 0x00: // struct.new
    case 0x01: // struct.new_default
      return structBytes(scope.types, reader, at);
    case 0x06: // array.new
    case 0x07: // array.new_default
      if (length === undefined) refuse(at, "array length is not a plain constant");
      return OBJECT_HEADER_BYTES + elementBytes(scope.types, reader, at) * length;
    case 0x08: { // array.new_fixed
      const each = elementBytes(scope.types, reader, at);
      return OBJECT_HEADER_BYTES + each * reader.u32();
    }
    case 0x1a: // any.convert_extern
    case 0x1b: // extern.convert_any
    case 0x1c: // ref.i31
      return 0;
    default:
      return refuse(at, `operator 0xfb 0x${opcode.toString(16)} is not constant`);
  }
}

/** Reads a type index that must name a struct; returns what one is charged. */
export function structBytes(types: readonly TypeEntry[], reader: Reader, at: number): number {
  const index = reader.index(types.length, "type");
  const type = types[index]!;
  return type.kind === "struct" ? type.bytes : refuse(at, `type ${index} is not a struct`);
}

/** Reads a type index that must name an array; returns the bytes of an element. */
export function elementBytes(types: readonly TypeEntry[], reader: Reader, at: number): number {
  const index = reader.index(types.length, "type");
  const type = types[index]!;
  return type.kind === "array" ? type.elementBytes : refuse(at, `type ${index} is not an array`);
}
