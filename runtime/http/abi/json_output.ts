import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { FunctionOutput, ResponseHeader } from "./function_output.ts";
import { headerOfText } from "./header_text.ts";
import { isServerHeader, isTokenByte, isValueByte, trimValue } from "./response_header.ts";

/** What a JSON function answered, and what its key-value namespace becomes. */
export interface JsonOutput {
  readonly output: FunctionOutput;
  readonly kv: Readonly<Record<string, string>>;
}

/** What wasm-workers-server says of a body without a type. */
const DEFAULT_TYPE = "text/html";
const STRICT_DECODER = new TextDecoder("utf-8", { fatal: true });
const ENCODER = new TextEncoder();

/**
 * Reads the object a wasm-workers-server function writes:
 * `{"data": string, "headers": {}, "status": 200, "kv": {}, "base64": false}`, all members optional.
 *
 * @returns the response, or `bad_function_output` naming the member
 */
export function jsonOutput(stdout: Uint8Array): Result<JsonOutput, SkerryError> {
  const object = parseObject(stdout);
  if (object === undefined) return fault("the output is not a JSON object");
  const status = object.status ?? 200;
  if (!isStatus(status)) return fault("status is not an integer from 200 to 599");
  const headers = readHeaders(object.headers ?? {});
  if (!headers.ok) return headers;
  const kv = object.kv ?? {};
  if (!isPairs(kv)) return fault("kv is not an object of strings");
  const body = readBody(object.data ?? "", object.base64 ?? false);
  if (!body.ok) return body;
  return ok({ output: assemble(status, headers.value, body.value), kv });
}

function parseObject(stdout: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(STRICT_DECODER.decode(stdout));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function assemble(
  status: number,
  headers: readonly ResponseHeader[],
  body: Uint8Array,
): FunctionOutput {
  const type = headers.find(([name]) => name === "content-type");
  return {
    status,
    contentType: type === undefined ? DEFAULT_TYPE : type[1],
    headers: headers.filter((header) => header[0] !== "content-type"),
    body,
  };
}

function readHeaders(value: unknown): Result<readonly ResponseHeader[], SkerryError> {
  if (!isPairs(value)) return fault("headers is not an object of strings");
  const headers: ResponseHeader[] = [];
  for (const [key, text] of Object.entries(value)) {
    // QuickJS workers write `content_type`; wasm-workers-server puts the hyphen back.
    const name = key.replaceAll("_", "-").toLowerCase();
    const bytes = trimValue(headerOfText(text));
    if (name === "" || !every(name, isTokenByte)) return fault("headers has a name that is none");
    if (!every(bytes, isValueByte)) return fault(`headers has a control character in ${name}`);
    if (!isServerHeader(name)) headers.push([name, bytes]);
  }
  return ok(headers);
}

function readBody(
  data: unknown,
  isBase64: unknown,
): Result<Uint8Array, SkerryError> {
  if (typeof data !== "string") return fault("data is not a string");
  if (typeof isBase64 !== "boolean") return fault("base64 is not a boolean");
  if (!isBase64) return ok(ENCODER.encode(data));
  try {
    return ok(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
  } catch {
    return fault("data is not base64");
  }
}

function every(text: string, test: (byte: number) => boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!test(text.charCodeAt(at))) return false;
  }
  return true;
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && value as number >= 200 && value as number <= 599;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPairs(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((member) => typeof member === "string");
}

function fault(found: string): Result<never, SkerryError> {
  return err(skerryError("bad_function_output", `Cannot read the JSON output: ${found}`));
}
