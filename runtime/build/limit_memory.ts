import { SECTION } from "../wasm/module.ts";
import { Reader, refuse } from "../wasm/reader.ts";
import { Writer } from "../wasm/writer.ts";

const HEADER_LENGTH = 8;
const HAS_MAXIMUM = 1;

/**
 * Lowers the maximum of a module's one memory in place, so that a compiler made of WebAssembly cannot take
 * more: the number keeps its length in bytes, and nothing else moves. A lower maximum stays as it is.
 *
 * @param maximumPages 64 KiB pages, at least what the memory begins with
 * @returns Whether the module has a memory of its own
 * @throws {Refusal} if that memory has no maximum to lower, or is not the only one
 */
export function limitMemory(bytes: Uint8Array, maximumPages: number): boolean {
  const reader = new Reader(bytes, HEADER_LENGTH, bytes.length);
  while (reader.pos < reader.end) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    if (id !== SECTION.memory) continue;
    lowerMaximum(section, maximumPages);
    return true;
  }
  return false;
}

/**
 * Gives a module's one memory, which has no maximum, one: a copy of the module, in which what follows has moved.
 *
 * @param maximumPages 64 KiB pages, at least what the memory begins with
 * @throws {Refusal} if there is no such memory
 */
export function addMaximum(bytes: Uint8Array, maximumPages: number): Uint8Array<ArrayBuffer> {
  const reader = new Reader(bytes, HEADER_LENGTH, bytes.length);
  const to = new Writer(bytes.length + 16);
  while (reader.pos < reader.end) {
    const { pos } = reader;
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    if (id !== SECTION.memory) continue;
    if (section.u32() !== 1 || section.byte() !== 0) {
      refuse(section.pos, "no single memory without a maximum");
    }
    to.copy(bytes, 0, pos);
    to.byte(id);
    const sized = to.open(section.end - section.pos + 8);
    to.raw([1, HAS_MAXIMUM]);
    to.u32(section.u32());
    to.u32(maximumPages);
    to.close(sized);
    to.copy(bytes, reader.pos, reader.end);
    return to.finish();
  }
  return refuse(reader.pos, "no memory");
}

function lowerMaximum(section: Reader, maximumPages: number): void {
  if (section.u32() !== 1 || section.byte() !== HAS_MAXIMUM) {
    refuse(section.pos, "no single memory with a maximum");
  }
  section.u32();
  const start = section.pos;
  if (section.u32() <= maximumPages) return;
  writePadded(section.bytes.subarray(start, section.pos), maximumPages);
}

/** LEB128 in exactly these bytes; a smaller number than the one they held always fits. */
function writePadded(target: Uint8Array, value: number): void {
  let rest = value;
  target.forEach((_, index) => {
    const isLast = index === target.length - 1;
    target[index] = (rest & 0x7f) | (isLast ? 0 : 0x80);
    rest >>>= 7;
  });
}
