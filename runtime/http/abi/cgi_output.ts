import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { FunctionOutput, ResponseHeader } from "./function_output.ts";
import { isServerHeader, isTokenByte, isValueByte, trimValue } from "./response_header.ts";

/** Bytes of a CGI header block, its empty line included. */
export const MAX_HEADER_BYTES = 32 * 1024;
/** Header lines of a CGI header block. */
export const MAX_HEADERS = 128;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const STATUS = /^([2-5]\d\d)(?: .*)?$/;

/** A header block that parsed, and where the body begins. */
interface HeaderBlock {
  readonly headers: readonly ResponseHeader[];
  readonly bodyOffset: number;
}

/**
 * Reads a CGI response (RFC 3875 section 6): header lines ended by LF or CRLF, an empty line, the body. Works on bytes, and
 * strictly: nothing that could be taken for the end of a line gets into a header.
 *
 * `Status` sets the status, `Location` without one means 302, headers that are the server's to set are dropped.
 *
 * @returns the response, or `bad_function_output` naming the byte
 *
 * @example
 * ```ts
 * import { cgiOutput } from "./cgi_output.ts";
 *
 * const stdout = new TextEncoder().encode("Status: 404 Not Found\n\nnothing here\n");
 * const output = cgiOutput(stdout);
 * if (output.ok) console.log(output.value.status); // 404
 * ```
 */
export function cgiOutput(
  stdout: Uint8Array,
): Result<FunctionOutput, SkerryError> {
  const block = readBlock(stdout);
  if (!block.ok) return block;
  return interpret(block.value.headers, stdout.subarray(block.value.bodyOffset));
}

function readBlock(stdout: Uint8Array): Result<HeaderBlock, SkerryError> {
  const head = stdout.subarray(0, MAX_HEADER_BYTES);
  const headers: ResponseHeader[] = [];
  let start = 0;
  for (;;) {
    const lf = head.indexOf(LF, start);
    if (lf === -1) return fault(start, noEndReason(stdout));
    const end = lf > start && head[lf - 1] === CR ? lf - 1 : lf;
    if (end === start) return ok({ headers, bodyOffset: lf + 1 });
    if (headers.length === MAX_HEADERS) return fault(start, `more than ${MAX_HEADERS} headers`);
    const header = readLine(head, start, end);
    if (!header.ok) return header;
    headers.push(header.value);
    start = lf + 1;
  }
}

function noEndReason(stdout: Uint8Array): string {
  return stdout.length > MAX_HEADER_BYTES
    ? `no empty line within ${MAX_HEADER_BYTES} bytes`
    : "no empty line ends the header";
}

function readLine(
  head: Uint8Array,
  start: number,
  end: number,
): Result<ResponseHeader, SkerryError> {
  let colon = start;
  while (colon < end && isTokenByte(head[colon]!)) colon++;
  if (colon === start) return fault(start, "a line does not begin with a header name");
  if (colon === end || head[colon] !== COLON) return fault(colon, "no colon after a header name");
  for (let at = colon + 1; at < end; at++) {
    if (!isValueByte(head[at]!)) return fault(at, "a control character in a header value");
  }
  const name = byteString(head.subarray(start, colon)).toLowerCase();
  return ok([name, trimValue(byteString(head.subarray(colon + 1, end)))]);
}

/** Gathers what the headers say. `Status`, `Content-Type` and `Location` may stand once; others repeat. */
function interpret(
  lines: readonly ResponseHeader[],
  body: Uint8Array,
): Result<FunctionOutput, SkerryError> {
  const single = new Map<string, string>();
  const headers: ResponseHeader[] = [];
  for (const line of lines) {
    const [name, value] = line;
    if (name === "status" || name === "content-type" || name === "location") {
      if (single.has(name)) return fault(0, `two ${name} headers`);
      single.set(name, value);
    } else if (!isServerHeader(name)) headers.push(line);
  }
  if (single.size === 0) return fault(0, "none of Content-Type, Status and Location");
  return assemble(single, headers, body);
}

function assemble(
  single: ReadonlyMap<string, string>,
  headers: ResponseHeader[],
  body: Uint8Array,
): Result<FunctionOutput, SkerryError> {
  const location = single.get("location");
  if (location !== undefined) headers.push(["location", location]);
  const statusLine = single.get("status") ?? (location === undefined ? "200" : "302");
  const status = STATUS.exec(statusLine)?.[1];
  if (status === undefined) return fault(0, "a Status that is not 200 to 599");
  const contentType = single.get("content-type") ?? "";
  return ok({ status: Number(status), contentType, headers, body });
}

/** Bytes as Fetch wants them in headers, one character each. */
function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function fault(offset: number, found: string): Result<never, SkerryError> {
  const message = `Cannot read the CGI header at byte ${offset} of the output: found ${found}`;
  return err(skerryError("bad_function_output", message, { byte: offset }));
}
