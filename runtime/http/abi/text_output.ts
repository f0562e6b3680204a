import { type FunctionOutput, NO_HEADERS } from "./function_output.ts";

/** Output up to this long is parsed to see whether it is JSON: 256 KiB take about a millisecond. */
export const MAX_SNIFFED_JSON_BYTES = 256 * 1024;

const HTML_STARTS = ["<!doctype html", "<html"];
const STRICT_DECODER = new TextDecoder("utf-8", { fatal: true });

/** Standard output as the body: `text/plain`, or `application/json` or `text/html` if it plainly is that. */
export function textOutput(stdout: Uint8Array): FunctionOutput {
  return { status: 200, contentType: sniffType(stdout), headers: NO_HEADERS, body: stdout };
}

function sniffType(stdout: Uint8Array): string {
  const start = firstVisible(stdout);
  switch (stdout[start]) {
    case 0x7b: // {
    case 0x5b: // [
      return isJson(stdout) ? "application/json" : PLAIN;
    case 0x3c: // <
      return isHtml(stdout, start) ? "text/html; charset=utf-8" : PLAIN;
    default:
      return PLAIN;
  }
}

const PLAIN = "text/plain; charset=utf-8";

function firstVisible(bytes: Uint8Array): number {
  let offset = 0;
  while (isSpace(bytes[offset])) offset++;
  return offset;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isJson(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_SNIFFED_JSON_BYTES) return false;
  try {
    JSON.parse(STRICT_DECODER.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

function isHtml(bytes: Uint8Array, start: number): boolean {
  const beginning = String.fromCharCode(...bytes.subarray(start, start + 14)).toLowerCase();
  return HTML_STARTS.some((html) => beginning.startsWith(html));
}
