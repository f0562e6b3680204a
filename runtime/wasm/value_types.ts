import { type Reader, refuse } from "./reader.ts";

/** A value type: its first byte, and for references what they refer to. */
export interface ValueType {
  /** `0x7b`-`0x7f` for numbers and vectors, `0x77` and `0x78` packed, `0x63` nullable and `0x64` non-null. */
  readonly code: number;
  /** A type index, or one of {@linkcode HEAP} (negative); 0 for what is no reference. */
  readonly heap: number;
}

/** Abstract heap types, as the negative numbers that the binary format spells in one byte. */
export const HEAP = {
  noexn: -0x0c,
  nofunc: -0x0d,
  noextern: -0x0e,
  none: -0x0f,
  func: -0x10,
  extern: -0x11,
  any: -0x12,
  eq: -0x13,
  i31: -0x14,
  struct: -0x15,
  array: -0x16,
  exn: -0x17,
} as const;

const HEAP_NAMES = new Map<number, string>(
  Object.entries(HEAP).map(([name, code]) => [code, name]),
);

/** `(ref null heap)`. */
export const REF_NULL = 0x63;
const REF = 0x64;

const NUMBERS: Readonly<Record<number, { name: string; bytes: number }>> = {
  0x7f: { name: "i32", bytes: 4 },
  0x7e: { name: "i64", bytes: 8 },
  0x7d: { name: "f32", bytes: 4 },
  0x7c: { name: "f64", bytes: 8 },
  0x7b: { name: "v128", bytes: 16 },
  0x78: { name: "i8", bytes: 1 },
  0x77: { name: "i16", bytes: 2 },
};
const REFERENCE_BYTES = 8;

/** Reads a value type; `typeCount` is how many types it may refer to. */
export function readValueType(reader: Reader, typeCount: number): ValueType {
  const at = reader.pos;
  const code = reader.byte();
  if (code >= 0x7b && code <= 0x7f) return { code, heap: 0 };
  if (code === REF_NULL || code === REF) return { code, heap: readHeapType(reader, typeCount) };
  if (HEAP_NAMES.has(code - 0x80)) return { code: REF_NULL, heap: code - 0x80 };
  return refuse(at, `unknown value type 0x${code.toString(16)}`);
}

/** Reads what a field or array element may be: a value type or a packed integer. */
export function readStorageType(reader: Reader, typeCount: number): ValueType {
  const code = reader.bytes[reader.pos];
  if (code !== 0x77 && code !== 0x78) return readValueType(reader, typeCount);
  reader.skip(1);
  return { code, heap: 0 };
}

/** Reads a heap type: a type index or one of {@linkcode HEAP}. */
export function readHeapType(reader: Reader, typeCount: number): number {
  const at = reader.pos;
  const heap = reader.s33();
  if (heap >= 0 ? heap < typeCount : HEAP_NAMES.has(heap)) return heap;
  return refuse(at, heap >= 0 ? `type ${heap} does not exist` : "unknown heap type");
}

/** The block type of a block without parameters and results. */
const NO_VALUES = -0x40;

/** Passes over a block type: nothing, a value type or a type index. */
export function skipBlockType(reader: Reader, typeCount: number): void {
  const at = reader.pos;
  const index = reader.s33();
  if (index >= typeCount) refuse(at, `type ${index} does not exist`);
  if (index >= 0 || index === NO_VALUES) return;
  reader.pos = at;
  readValueType(reader, typeCount);
}

/** Whether this is a reference type. */
export function isReference(type: ValueType): boolean {
  return type.code === REF_NULL || type.code === REF;
}

/** Bytes that a field or element of this type takes; references count as a pointer. */
export function storageBytes(type: ValueType): number {
  return NUMBERS[type.code]?.bytes ?? REFERENCE_BYTES;
}

/** The text format's spelling, e.g. `i32`, `externref`, `(ref null 3)`. */
export function valueTypeText(type: ValueType): string {
  const number = NUMBERS[type.code];
  if (number !== undefined) return number.name;
  const heap = HEAP_NAMES.get(type.heap) ?? String(type.heap);
  if (type.code === REF) return `(ref ${heap})`;
  return type.heap < 0 && !heap.startsWith("no") ? `${heap}ref` : `(ref null ${heap})`;
}
