/**
 * Decodes UTF-8 as the Encoding Standard says, each longest run of bytes that begins a character but is none
 * becoming U+FFFD; `isFatal` makes it a TypeError.
 */
export function decodeUtf8(bytes: Uint8Array, isFatal: boolean): string {
  const pieces: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { point, length } = characterAt(bytes, at);
    if (point === undefined && isFatal) throw new TypeError("The bytes are not UTF-8");
    units.push(point ?? 0xfffd);
    at += length;
    if (units.length < 4096) continue;
    pieces.push(String.fromCodePoint(...units));
    units = [];
  }
  pieces.push(String.fromCodePoint(...units));
  return pieces.join("");
}

interface Character {
  /** Undefined if these bytes are not one. */
  readonly point: number | undefined;
  readonly length: number;
}

function characterAt(bytes: Uint8Array, at: number): Character {
  const first = bytes[at]!;
  if (first < 0x80) return { point: first, length: 1 };
  const size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
  if (size === 1) return { point: undefined, length: 1 };
  let point = first & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || !mayFollow(first, i, byte)) return { point: undefined, length: i };
    point = point * 64 + (byte & 0x3f);
  }
  return { point, length: size };
}

/** Neither too long a form, nor a surrogate, nor beyond the last character. */
function mayFollow(first: number, index: number, byte: number): boolean {
  let low = 0x80;
  let high = 0xbf;
  if (index === 1) {
    if (first === 0xe0) low = 0xa0;
    if (first === 0xed) high = 0x9f;
    if (first === 0xf0) low = 0x90;
    if (first === 0xf4) high = 0x8f;
  }
  return byte >= low && byte <= high;
}
