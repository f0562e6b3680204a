import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { cgiOutput } from "./cgi_output.ts";
import type { FunctionOutput } from "./function_output.ts";
import { isTokenByte } from "./response_header.ts";
import { textOutput } from "./text_output.ts";

const COLON = 0x3a;
const LONGEST_NAME = 64;
/** A first line with one of these is a CGI header, well-formed or not. */
const CGI_NAMES: ReadonlySet<string> = new Set(["content-type", "status", "location"]);

/**
 * Reads output of a function that did not say what it writes: a well-formed CGI header with `Content-Type`, `Status` or
 * `Location` makes it CGI, anything else is text. If the very first line is one of the three, a malformed header is an
 * error rather than text, or half a header would reach the client as a page. The JSON ABI is never guessed: an object
 * is a body like any other unless the function is configured with `abi = "json"`.
 *
 * @returns the response, or `bad_function_output`
 */
export function autoOutput(
  stdout: Uint8Array,
): Result<FunctionOutput, SkerryError> {
  const name = leadingName(stdout);
  if (name === "") return ok(textOutput(stdout));
  const output = cgiOutput(stdout);
  if (output.ok) return output;
  return CGI_NAMES.has(name) ? err(withHint(output.error)) : ok(textOutput(stdout));
}

/** The lower-case name before the colon of the first line, or "" if the output does not begin like a header. */
function leadingName(stdout: Uint8Array): string {
  let end = 0;
  while (end < LONGEST_NAME && end < stdout.length && isTokenByte(stdout[end]!)) end++;
  let colon = end;
  while (stdout[colon] === 0x20 || stdout[colon] === 0x09) colon++;
  if (end === 0 || stdout[colon] !== COLON) return "";
  return String.fromCharCode(...stdout.subarray(0, end)).toLowerCase();
}

function withHint(error: SkerryError): SkerryError {
  const message =
    `${error.message}; a function that prints plain text can say so with abi = "text"`;
  return skerryError(error.code, message, error.details);
}
