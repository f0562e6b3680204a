import { type Reader, refuse } from "../../wasm/reader.ts";

/** Opcodes that tell how a function is put together. */
export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  call: 0x10,
  i32Const: 0x41,
} as const;

/** One operator of a function's body; offsets are the module's. */
export interface Operator {
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
  /** What `i32.const` pushes or `call` calls; a block's type: its byte, e.g. 0x7f for a number. */
  readonly operand: number;
}

/** Reads the operators of a function as C compilers write them, with MVP code and bulk memory. */
export function* operators(reader: Reader): Generator<Operator> {
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const opcode = reader.byte();
    const operand = readOperand(reader, opcode, start);
    yield { opcode, start, end: reader.pos, operand };
  }
}

function readOperand(reader: Reader, opcode: number, start: number): number {
  if (opcode === OP.i32Const) return reader.s33() | 0;
  if (opcode >= OP.block && opcode <= OP.if) return reader.byte();
  if (opcode === 0x0c || opcode === 0x0d || opcode === OP.call) return reader.u32();
  if (opcode >= 0x20 && opcode <= 0x24) return reader.u32();
  if (opcode >= 0x28 && opcode <= 0x3e) return skip(reader, 2);
  if (opcode === 0x3f || opcode === 0x40) return skip(reader, 1);
  return rareOperand(reader, opcode, start);
}

function rareOperand(reader: Reader, opcode: number, start: number): number {
  switch (opcode) {
    case 0x0e: // br_table
      return skip(reader, reader.count() + 1);
    case 0x11: // call_indirect
      return skip(reader, 2);
    case 0x42: // i64.const
      reader.skipLeb(10);
      return 0;
    case 0x43: // f32.const
      reader.skip(4);
      return 0;
    case 0x44: // f64.const
      reader.skip(8);
      return 0;
    case 0xfc:
      return skip(reader, BULK_OPERANDS[reader.u32()] ?? refuse(start, "an unknown operator"));
    default:
      return opcode <= 0xc4 ? 0 : refuse(start, `the operator 0x${opcode.toString(16)}`);
  }
}

/** Indices after the prefix: saturating conversions, then `memory.init`, `data.drop`, `memory.copy`, `memory.fill`. */
const BULK_OPERANDS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1];

function skip(reader: Reader, count: number): number {
  for (let i = 0; i < count; i++) reader.skipLeb(5);
  return 0;
}
