import { assertEquals } from "@std/assert";
import * as opcodes from "./opcodes.ts";
import { binary, leb } from "./testing.ts";

/** More immediates than any operator needs; each prefix of them is tried. */
const IMMEDIATES = [
  [...Array(17).fill(0)],
  [1, ...Array(16).fill(0)], // type 1 is a struct, alignment 1
  [2, ...Array(16).fill(0)], // type 2 is an array of bytes, alignment 2
  [3, ...Array(16).fill(0)], // type 3 is an array of references, alignment 3
  [4, 0], // type 4 is a struct of a byte
  [2, 2], // array.copy
  [0x40, 0x0b], // blocks
  [0x40, 0x19, 0x0b],
  [0x40, 0x18, 0x00],
  [0x40, 0x07, 0x00, 0x0b],
  [0x40, 0x05, 0x0b],
  [0x40, 0x00, 0x0b],
  [0x01, 0x7f], // select with types
  [0x6e], // heap types
];

/** A module in whose only function this code stands, where anything may be on the stack. */
function inDeadCode(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const packed = [0x5f, 1, 0x78, 1];
  const types = [5, 0x60, 0, 0, 0x5f, 1, 0x7f, 1, 0x5e, 0x78, 1, 0x5e, 0x70, 1, ...packed];
  const body = [1, 1, 0x7f, 0x00, ...code, 0x00, 0x0b];
  return binary(
    [1, types],
    [3, [1, 0]],
    [4, [1, 0x70, 0, 1]],
    [5, [1, 0, 1]],
    [13, [1, 0, 0]],
    [6, [1, 0x7f, 1, 0x41, 0, 0x0b]],
    [9, [1, 3, 0, 1, 0]],
    [12, [1]],
    [10, [1, ...leb(body.length), ...body]],
    [11, [1, 1, 0]],
  );
}

function isTaken(opcode: readonly number[]): boolean {
  return IMMEDIATES.some((immediates) => {
    for (let length = 0; length <= immediates.length; length++) {
      const code = [...opcode, ...immediates.slice(0, length)];
      if (WebAssembly.validate(inDeadCode(code))) return true;
    }
    return false;
  });
}

/** Operators that need a surrounding block, in which they are tried. */
const SURROUNDED: ReadonlyMap<number, readonly number[]> = new Map([
  [0x05, [0x04, 0x40, 0x05, 0x0b]], // else
  [0x07, [0x06, 0x40, 0x07, 0x00, 0x0b]], // catch
  [0x09, [0x06, 0x40, 0x19, 0x09, 0x00, 0x0b]], // rethrow
  [0x0b, [0x02, 0x40, 0x0b]], // end
  [0x18, [0x06, 0x40, 0x18, 0x00]], // delegate
  [0x19, [0x06, 0x40, 0x19, 0x0b]], // catch_all
]);

Deno.test("the operators known are those that V8 takes by default: one byte", () => {
  for (let opcode = 0; opcode < 0x100; opcode++) {
    const kind = opcodes.BASIC[opcode];
    if (kind === opcodes.PREFIX) continue;
    const surrounded = SURROUNDED.get(opcode);
    const taken = surrounded ? WebAssembly.validate(inDeadCode(surrounded)) : isTaken([opcode]);
    assertEquals(kind !== opcodes.UNKNOWN, taken, `0x${opcode.toString(16)}`);
  }
});

/** `br_on_cast` or `br_on_cast_fail` within a block that has a result, as it needs one. */
function castBranch(opcode: number): number[] {
  return [0x02, 0x6e, 0x00, opcodes.PREFIX_GC, opcode, 3, 0, 0x6e, 0x6e, 0x0b, 0x1a];
}

for (
  const [name, prefix, table] of [
    ["objects", opcodes.PREFIX_GC, opcodes.GC],
    ["bulk", opcodes.PREFIX_MISC, opcodes.MISC],
    ["SIMD", opcodes.PREFIX_SIMD, opcodes.SIMD],
    ["atomics", opcodes.PREFIX_ATOMIC, opcodes.ATOMIC],
  ] as const
) {
  Deno.test(`the operators known are those that V8 takes by default: ${name}`, () => {
    for (let opcode = 0; opcode < 0x180; opcode++) {
      const kind = table[opcode] ?? opcodes.UNKNOWN;
      const isKnown = kind !== opcodes.UNKNOWN;
      if (prefix === opcodes.PREFIX_GC && (opcode === 0x18 || opcode === 0x19)) {
        assertEquals([isKnown, WebAssembly.validate(inDeadCode(castBranch(opcode)))], [true, true]);
        continue;
      }
      assertEquals(isKnown, isTaken([prefix, ...leb(opcode)]), `0x${opcode.toString(16)}`);
    }
  });
}
