/**
 * What follows an opcode, and so what the scanner does with it. `UNKNOWN` is 0: what no table lists is
 * refused. The tables hold exactly the operators that V8 15 takes by default; `opcodes_test.ts` asks it.
 */
export const UNKNOWN = 0;
/** Nothing follows, and nothing but its flat cost matters. */
export const PLAIN = 1;
/** Costs nothing and does nothing to the flow: `nop`, `drop`. */
export const FREE = 2;
/** One index into a space that the rewriter does not extend. */
export const INDEX = 3;
/** A local, global, function or type index: these spaces are extended, so the index is checked. */
export const LOCAL = 4;
export const GLOBAL = 5;
export const FUNCTION = 6;
export const TYPE = 7;
/** Alignment, perhaps a memory index, offset. */
export const MEMARG = 8;
/** A memarg and a lane. */
export const MEMARG_LANE = 9;
/** One byte: a lane, or what `atomic.fence` reserves. */
export const BYTE = 10;
export const BYTES_4 = 11;
export const BYTES_8 = 12;
export const BYTES_16 = 13;
export const I32_CONST = 14;
export const I64_CONST = 15;
/** `select` with types. */
export const SELECT_TYPE = 16;
export const HEAP_TYPE = 17;
/** A prefix: the opcode goes on. */
export const PREFIX = 18;
/** A type index and a field. */
export const TYPE_INDEX = 19;
/** Control flow that costs nothing where control falls into it. */
export const FLOW = 20;
/** What branches, calls, changes what reset cannot restore, or is charged by its size: handled one by one. */
export const SPECIAL = 21;

/** First opcode bytes that begin longer opcodes. */
export const PREFIX_GC = 0xfb;
export const PREFIX_MISC = 0xfc;
export const PREFIX_SIMD = 0xfd;
export const PREFIX_ATOMIC = 0xfe;

type Entry = readonly [kind: number, first: number, last?: number];

function table(size: number, entries: readonly Entry[]): Uint8Array {
  const kinds = new Uint8Array(size);
  for (const [kind, first, last = first] of entries) kinds.fill(kind, first, last + 1);
  return kinds;
}

/** Operators of one byte. */
export const BASIC = table(0x100, [
  [FLOW, 0x00], // unreachable
  [FREE, 0x01], // nop
  [FLOW, 0x02, 0x03], // block, loop
  [SPECIAL, 0x04], // if
  [FLOW, 0x05], // else
  [SPECIAL, 0x06], // try
  [FLOW, 0x07], // catch
  [SPECIAL, 0x08, 0x0a], // throw, rethrow, throw_ref
  [FLOW, 0x0b], // end
  [SPECIAL, 0x0c, 0x0e], // br, br_if, br_table
  [FLOW, 0x0f], // return
  [SPECIAL, 0x10, 0x15], // calls
  [SPECIAL, 0x18], // delegate
  [FLOW, 0x19], // catch_all
  [FREE, 0x1a], // drop
  [PLAIN, 0x1b], // select
  [SELECT_TYPE, 0x1c], // select with types
  [SPECIAL, 0x1f], // try_table
  [LOCAL, 0x20, 0x22],
  [GLOBAL, 0x23, 0x24],
  [INDEX, 0x25], // table.get
  [SPECIAL, 0x26], // table.set
  [MEMARG, 0x28, 0x3e],
  [INDEX, 0x3f], // memory.size
  [SPECIAL, 0x40], // memory.grow
  [I32_CONST, 0x41],
  [I64_CONST, 0x42],
  [BYTES_4, 0x43], // f32.const
  [BYTES_8, 0x44], // f64.const
  [PLAIN, 0x45, 0xc4], // numeric
  [HEAP_TYPE, 0xd0], // ref.null
  [PLAIN, 0xd1], // ref.is_null
  [FUNCTION, 0xd2], // ref.func
  [PLAIN, 0xd3, 0xd4], // ref.eq, ref.as_non_null
  [SPECIAL, 0xd5, 0xd6], // br_on_null, br_on_non_null
  [PREFIX, 0xfb, 0xfe],
]);

/** Operators after `0xfb`: garbage-collected objects. */
export const GC = table(0x20, [
  [SPECIAL, 0x00, 0x01], // struct.new, struct.new_default
  [TYPE_INDEX, 0x02, 0x04], // struct.get
  [SPECIAL, 0x05], // struct.set
  [SPECIAL, 0x06, 0x0a], // array.new and its kin
  [TYPE, 0x0b, 0x0d], // array.get
  [SPECIAL, 0x0e], // array.set
  [PLAIN, 0x0f], // array.len
  [SPECIAL, 0x10, 0x13], // array.fill, copy, init_data, init_elem
  [HEAP_TYPE, 0x14, 0x17], // ref.test, ref.cast
  [SPECIAL, 0x18, 0x19], // br_on_cast, br_on_cast_fail
  [PLAIN, 0x1a, 0x1e], // any.convert_extern, extern.convert_any, i31
]);

/** Operators after `0xfc`: saturating conversions, bulk memory, tables. */
export const MISC = table(0x20, [
  [PLAIN, 0x00, 0x07], // trunc_sat
  [SPECIAL, 0x08, 0x0f], // memory.init to table.grow
  [INDEX, 0x10], // table.size
  [SPECIAL, 0x11], // table.fill
]);

/** Operators after `0xfd`: SIMD and relaxed SIMD. */
export const SIMD = table(0x120, [
  [MEMARG, 0x00, 0x0b],
  [BYTES_16, 0x0c, 0x0d], // v128.const, i8x16.shuffle
  [PLAIN, 0x0e, 0x14],
  [BYTE, 0x15, 0x22], // extract_lane, replace_lane
  [PLAIN, 0x23, 0x53],
  [MEMARG_LANE, 0x54, 0x5b],
  [MEMARG, 0x5c, 0x5d],
  [PLAIN, 0x5e, 0x99],
  [PLAIN, 0x9b, 0xa1],
  [PLAIN, 0xa3, 0xa4],
  [PLAIN, 0xa7, 0xae],
  [PLAIN, 0xb1],
  [PLAIN, 0xb5, 0xba],
  [PLAIN, 0xbc, 0xc1],
  [PLAIN, 0xc3, 0xc4],
  [PLAIN, 0xc7, 0xce],
  [PLAIN, 0xd1],
  [PLAIN, 0xd5, 0xe1],
  [PLAIN, 0xe3, 0xed],
  [PLAIN, 0xef, 0xff],
  [PLAIN, 0x100, 0x113], // relaxed
]);

/** Operators after `0xfe`: atomics, which V8 takes on memories that are not shared as well. */
export const ATOMIC = table(0x50, [
  [MEMARG, 0x00, 0x02],
  [BYTE, 0x03], // atomic.fence
  [MEMARG, 0x10, 0x4e],
]);
