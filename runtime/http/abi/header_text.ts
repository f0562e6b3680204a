const STRICT_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/**
 * A header value as a program should see it. Fetch shows each byte as one character; where the bytes are UTF-8, as nearly
 * all beyond ASCII are, this is the text they spell.
 */
export function textOfHeader(value: string): string {
  if (ASCII.test(value)) return value;
  try {
    return STRICT_DECODER.decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  } catch {
    return value;
  }
}

/** A text as a header value: its UTF-8 bytes, one character each, because Fetch refuses anything wider. */
export function headerOfText(text: string): string {
  if (ASCII.test(text)) return text;
  return Array.from(ENCODER.encode(text), (byte) => String.fromCharCode(byte)).join("");
}
