import { percentDecode } from "./search_params.ts";
import { toPunycode } from "./punycode.ts";

const FORBIDDEN = /[\0-\x20"#/:<>?@[\\\]^`{|}%\x7f]/;
const FORBIDDEN_OPAQUE = /[\0\t\n\r #/:<>?@[\\\]^|]/;

/** A host in its one normal form, or undefined if it is none. */
export function parseHost(text: string): string | undefined {
  if (text.startsWith("[")) return text.endsWith("]") ? parseIpv6(text.slice(1, -1)) : undefined;
  const domain = toAscii(percentDecode(text));
  if (domain === "" || FORBIDDEN.test(domain)) return undefined;
  const last = domain.replace(/\.$/, "").split(".").at(-1)!;
  const isNumber = /^\d+$/.test(last) || /^0x[\da-f]*$/i.test(last);
  return isNumber ? parseIpv4(domain) : domain;
}

/** The host of a scheme that Skerry knows nothing about. */
export function parseOpaqueHost(text: string): string | undefined {
  if (text.startsWith("[")) return parseHost(text);
  return FORBIDDEN_OPAQUE.test(text) ? undefined : text;
}

function toAscii(domain: string): string {
  const folded = domain.normalize("NFKC").toLowerCase().normalize("NFC").replaceAll("\u3002", ".");
  return folded.split(".").map((label) => {
    return /[^\0-\x7f]/.test(label) ? "xn--" + toPunycode(label) : label;
  }).join(".");
}

function parseIpv4(domain: string): string | undefined {
  const parts = domain.replace(/\.$/, "").split(".");
  if (parts.length > 4) return undefined;
  const numbers = parts.map(parseIpv4Number);
  let address = 0;
  for (const [index, number] of numbers.entries()) {
    const isLast = index === numbers.length - 1;
    if (number === undefined || number >= (isLast ? 256 ** (5 - numbers.length) : 256)) {
      return undefined;
    }
    address += isLast ? number : number * 256 ** (3 - index);
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function parseIpv4Number(part: string): number | undefined {
  if (/^0x[\da-f]*$/i.test(part)) return part.length === 2 ? 0 : parseInt(part.slice(2), 16);
  if (/^0[0-7]+$/.test(part)) return parseInt(part, 8);
  return /^(0|[1-9]\d*)$/.test(part) ? Number(part) : undefined;
}

function parseIpv6(text: string): string | undefined {
  const [head, tail, ...rest] = text.split("::");
  if (rest.length > 0 || head === undefined) return undefined;
  const before = parsePieces(head, tail === undefined);
  const after = tail === undefined ? [] : parsePieces(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return `[${formatIpv6([...before, ...new Array<number>(missing).fill(0), ...after])}]`;
}

/** The last piece of all may be an IPv4 address. */
function parsePieces(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const pieces: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes(".")) {
      const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part)?.slice(1).map(Number);
      if (bytes === undefined || bytes.some((byte) => byte > 255)) return undefined;
      pieces.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    } else if (/^[\da-f]{1,4}$/i.test(part)) pieces.push(parseInt(part, 16));
    else return undefined;
  }
  return pieces;
}

/** The longest run of zeros, of at least two, is left out. */
function formatIpv6(pieces: readonly number[]): string {
  const text = pieces.map((piece) => piece.toString(16)).join(":");
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.sort((a, b) => b.replace(/^:/, "").length - a.replace(/^:/, "").length)[0];
  if (longest === undefined) return text;
  const at = text.search(new RegExp(`${longest}(?=:|$)`));
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}
