import type { SkerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { compilerRefused } from "./diagnostics.ts";
import type { Source } from "./language.ts";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const REPLACEMENT = [0xef, 0xbf, 0xbd];

/**
 * The text of a source in a language that demands UTF-8, without a byte order mark.
 *
 * @returns `build_failed` with the place of the first byte that is none of UTF-8
 *
 * @example
 * ```ts
 * import { utf8Text } from "./source_text.ts";
 *
 * const text = utf8Text({ fileName: "a.js", bytes: Uint8Array.of(0x31, 0xff) });
 * console.log(text.ok || text.error.message);
 * // Cannot build a.js: a.js:1:2: not UTF-8: the byte 0xff at offset 1
 * ```
 */
export function utf8Text(source: Source): Result<string, SkerryError> {
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(source.bytes));
  } catch {
    return err(notUtf8(source));
  }
}

/** The error of a source in UTF-16, which also those languages do not read that take any bytes. */
export function utf16Refusal(source: Source): SkerryError | undefined {
  return isUtf16(source.bytes) ? notUtf8(source) : undefined;
}

/** What a file may begin with, but no line in the middle of one. */
export function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return isAt(bytes, 0, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/** A file's name as the line directives of C and Go can hold it: they end where their line does. */
export function directiveName(fileName: string): string {
  return fileName.replaceAll(/\p{Cc}/gu, "_");
}

function notUtf8(source: Source): SkerryError {
  const { fileName, bytes } = source;
  const offset = firstInvalid(bytes);
  const lines = new TextDecoder().decode(bytes.subarray(0, offset)).split("\n");
  const at = { file: fileName, line: lines.length, column: lines.at(-1)!.length + 1 };
  const value = bytes[offset]!.toString(16).padStart(2, "0");
  const hint = isUtf16(bytes) ? "; it begins as UTF-16 does, save it as UTF-8" : "";
  const message = `not UTF-8: the byte 0x${value} at offset ${offset}${hint}`;
  return compilerRefused(source, {
    text: `${fileName}:${at.line}:${at.column}: ${message}`,
    diagnostics: [{ severity: "error", message, ...at }],
  });
}

/** Offset of the first sequence that stands for no character. There must be one. */
function firstInvalid(bytes: Uint8Array): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  for (const part of text.split("\ufffd")) {
    offset += new TextEncoder().encode(part).length;
    // One that the source itself has is not the decoder's.
    if (!isAt(bytes, offset, REPLACEMENT)) break;
    offset += REPLACEMENT.length;
  }
  return offset;
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function isAt(bytes: Uint8Array, offset: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[offset + index] === byte);
}
