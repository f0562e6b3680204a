/**
 * Headers a function may write without effect: how a message travels and is framed is the server's to say (RFC 9110
 * section 7.6.1, RFC 9112), and a wrong length or coding would let one answer run into the next. The `x-` ones are
 * Skerry's own statements about the run.
 */
const SERVER_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-request-id",
  "x-skerry-fuel",
  "x-skerry-path",
]);

const TOKEN_BYTES = tokenBytes();

/** Whether a header, by its lower-case name, is set by the server alone. */
export function isServerHeader(name: string): boolean {
  return SERVER_HEADERS.has(name);
}

/** Whether a byte may stand in a header's name (`tchar`, RFC 9110 section 5.6.2). */
export function isTokenByte(byte: number): boolean {
  return TOKEN_BYTES[byte] === 1;
}

/** Whether a byte may stand in a header's value: visible, space, tab, or beyond ASCII (RFC 9110 section 5.5). */
export function isValueByte(byte: number): boolean {
  return byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
}

/** A header's value without the spaces and tabs around it. */
export function trimValue(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

function tokenBytes(): Uint8Array {
  const table = new Uint8Array(256);
  const characters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
  for (const character of characters + characters.toUpperCase()) table[character.charCodeAt(0)] = 1;
  return table;
}
