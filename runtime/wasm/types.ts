import { type Reader, refuse } from "./reader.ts";
import {
  HEAP,
  isReference,
  readStorageType,
  readValueType,
  storageBytes,
  type ValueType,
  valueTypeText,
} from "./value_types.ts";

/** What is kept of one type of the module. */
export type TypeEntry = FunctionType | StructType | ArrayType;

/** A function type. */
export interface FunctionType {
  readonly kind: "function";
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Where in the input the results' types are spelt, without their count. */
  readonly resultStart: number;
  readonly resultEnd: number;
}

/** A struct type. */
export interface StructType {
  readonly kind: "struct";
  /** Bytes one such struct is charged. */
  readonly bytes: number;
}

/** An array type. */
export interface ArrayType {
  readonly kind: "array";
  readonly elementBytes: number;
}

/** The type section. */
export interface TypeSpace {
  readonly entries: readonly TypeEntry[];
  /** Entries of the section's vector: recursion groups count as one. */
  readonly groups: number;
  /** Whether some field or element can hold an exception reference. */
  readonly storesExceptions: boolean;
}

/** What an object is reckoned to take on V8's heap beside its fields: map, hash and, for arrays, length. */
export const OBJECT_HEADER_BYTES = 24;
/** The same for an exception (measured: 40, and up to 4 bytes for each byte of its values). */
const EXCEPTION_BYTES = 64;
const BYTES_PER_PAYLOAD_BYTE = 4;

/** Bytes an exception is charged whose tag is of this type. */
export function exceptionBytes({ params }: FunctionType): number {
  return params.reduce(
    (sum, type) => sum + storageBytes(type) * BYTES_PER_PAYLOAD_BYTE,
    EXCEPTION_BYTES,
  );
}

/** `() -> ()` */
export function isVoid(type: FunctionType): boolean {
  return type.params.length === 0 && type.results.length === 0;
}

const FORM = {
  array: 0x5e,
  struct: 0x5f,
  func: 0x60,
  sub: 0x50,
  subFinal: 0x4f,
  rec: 0x4e,
} as const;

/** Decodes the type section. */
export function readTypes(reader: Reader): TypeSpace {
  const groups = reader.count();
  const decoder = new TypeDecoder(reader);
  for (let i = 0; i < groups; i++) decoder.group();
  return { entries: decoder.entries, groups, storesExceptions: decoder.storesExceptions };
}

class TypeDecoder {
  readonly entries: TypeEntry[] = [];
  storesExceptions = false;
  /** Types that may be referred to: those before, and the group being read. */
  #visible = 0;
  /** Where the types of the last list of values began. */
  #valuesStart = 0;
  #valueCount = 0;
  #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  group(): void {
    const reader = this.#reader;
    const isRec = reader.bytes[reader.pos] === FORM.rec;
    if (isRec) reader.skip(1);
    const count = isRec ? reader.count() : 1;
    this.#visible = this.entries.length + count;
    for (let i = 0; i < count; i++) this.#subtype();
  }

  #subtype(): void {
    const at = this.#reader.pos;
    let form = this.#reader.byte();
    if (form === FORM.sub || form === FORM.subFinal) {
      const supertypes = this.#reader.count();
      for (let i = 0; i < supertypes; i++) this.#reader.index(this.#visible, "type");
      form = this.#reader.byte();
    }
    this.entries.push(this.#composite(form, at));
  }

  #composite(form: number, at: number): TypeEntry {
    if (form === FORM.func) return this.#functionType();
    if (form === FORM.struct) return this.#structType();
    if (form === FORM.array) {
      return { kind: "array", elementBytes: storageBytes(this.#field()) };
    }
    return refuse(at, `unknown type form 0x${form.toString(16)}`);
  }

  #functionType(): FunctionType {
    const params = this.#values();
    const results = this.#values();
    const resultEnd = this.#reader.pos;
    return { kind: "function", params, results, resultStart: this.#valuesStart, resultEnd };
  }

  #values(): ValueType[] {
    const at = this.#reader.pos;
    const count = this.#reader.count();
    if (count > MAX_VALUES) {
      refuse(at, `a function type has ${count} values, at most ${MAX_VALUES}`);
    }
    this.#valueCount += count;
    if (this.#valueCount > MAX_ALL_VALUES) {
      refuse(at, `the function types have more than ${MAX_ALL_VALUES} values`);
    }
    this.#valuesStart = this.#reader.pos;
    const types: ValueType[] = [];
    for (let i = 0; i < count; i++) {
      types.push(readValueType(this.#reader, this.#visible));
    }
    return types;
  }

  #structType(): StructType {
    const count = this.#reader.count();
    let bytes = OBJECT_HEADER_BYTES;
    for (let i = 0; i < count; i++) bytes += storageBytes(this.#field());
    return { kind: "struct", bytes };
  }

  #field(): ValueType {
    const type = readStorageType(this.#reader, this.#visible);
    const at = this.#reader.pos;
    if (this.#reader.byte() > 1) refuse(at, "unknown mutability");
    if (isReference(type) && type.heap === HEAP.exn) this.storesExceptions = true;
    return type;
  }
}

/** V8's own limit on parameters, and on results. */
const MAX_VALUES = 1000;
/** Keeps a type section from taking many times its size in memory. */
const MAX_ALL_VALUES = 1_000_000;

/** Values beyond this are not spelt out: a signature is for people and for linking, not for attackers. */
const SPELT_VALUES = 32;

/** A function type as text, e.g. `(i32, i32) -> (i32)`; longer lists end in `…`. */
export function signatureText(type: FunctionType): string {
  return `(${listText(type.params)}) -> (${listText(type.results)})`;
}

function listText(types: readonly ValueType[]): string {
  const spelt = types.slice(0, SPELT_VALUES).map(valueTypeText);
  if (types.length > SPELT_VALUES) spelt.push("…");
  return spelt.join(", ");
}
