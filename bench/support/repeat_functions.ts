/** Large modules without a large source: a real one with its functions repeated. */

const PREAMBLE_BYTES = 8;
const FUNCTION_SECTION = 3;
const CODE_SECTION = 10;

interface Section {
  readonly id: number;
  readonly payload: Uint8Array;
}

/**
 * A module like this one in which every function it defines stands `times` times. The copies come after all
 * original functions, so indices keep their meaning and the module does what it did.
 *
 * @param module A valid module.
 */
export function repeatFunctions(module: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const parts = [module.subarray(0, PREAMBLE_BYTES)];
  for (const { id, payload } of sections(module)) {
    const isRepeated = id === FUNCTION_SECTION || id === CODE_SECTION;
    const newPayload = isRepeated ? repeatVector(payload, times) : payload;
    parts.push(Uint8Array.of(id, ...encodeU32(newPayload.length)), newPayload);
  }
  return concatenate(parts);
}

function* sections(module: Uint8Array): Generator<Section> {
  for (let at = PREAMBLE_BYTES; at < module.length;) {
    const id = module[at]!;
    const [length, start] = decodeU32(module, at + 1);
    yield { id, payload: module.subarray(start, start + length) };
    at = start + length;
  }
}

/** A vector is its length and its items; neither section's items depend on where they stand. */
function repeatVector(payload: Uint8Array, times: number): Uint8Array {
  const [count, start] = decodeU32(payload, 0);
  const items = payload.subarray(start);
  const head = Uint8Array.from(encodeU32(count * times));
  return concatenate([head, ...Array.from({ length: times }, () => items)]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The number of a LEB128 encoding, and where it ends. */
function decodeU32(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  for (let at = start, scale = 1;; at++, scale *= 128) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at + 1];
  }
}

function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value;; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push(rest % 128 | 0x80);
  }
}
