import { native } from "./native.ts";
import { decodeUtf8 } from "./utf8.ts";

/** UTF-8 of any string; what is no character becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return native.encode(text.isWellFormed() ? text : text.toWellFormed());
}

/** Text of any bytes; what is no UTF-8 becomes U+FFFD, and `isFatal` makes it an error. */
export function decodeBytes(bytes: Uint8Array, isFatal = false): string {
  const text = native.decode(bytes);
  // Only what has neither is sure to have been valid.
  return text.includes("\ufffd") || !text.isWellFormed() ? decodeUtf8(bytes, isFatal) : text;
}

/** The bytes of an `ArrayBuffer` or of a view of one. */
export function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (!ArrayBuffer.isView(source)) throw new TypeError("Expected an ArrayBuffer or a view of one");
  return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}

export class TextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(text = ""): Uint8Array<ArrayBuffer> {
    return encodeUtf8(String(text));
  }

  encodeInto(text: string, destination: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const bytes = encodeUtf8(character);
      if (written + bytes.length > destination.length) break;
      destination.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

const UTF8_LABELS = ["utf-8", "utf8", "unicode-1-1-utf-8"];
const BOM = 0xfeff;

export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** The beginning of a character whose end is still to come. */
  #rest = new Uint8Array(0);
  #isBegun = false;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!UTF8_LABELS.includes(String(label).trim().toLowerCase())) {
      throw new RangeError(`The encoding ${label} is not supported; only utf-8 is`);
    }
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  decode(source?: BufferSource, { stream = false } = {}): string {
    let bytes = source === undefined ? new Uint8Array(0) : bytesOf(source);
    if (this.#rest.length > 0) bytes = joinBytes([this.#rest, bytes]);
    const end = stream ? endOfCharacters(bytes) : bytes.length;
    this.#rest = bytes.slice(end);
    const text = decodeBytes(bytes.subarray(0, end), this.fatal);
    const isFirst = !this.#isBegun;
    this.#isBegun = stream && (this.#isBegun || end > 0);
    return isFirst && !this.ignoreBOM && text.charCodeAt(0) === BOM ? text.slice(1) : text;
  }
}

/** Where a character begins that may go on after the end, or the end. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
