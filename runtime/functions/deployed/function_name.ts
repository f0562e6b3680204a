import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { RESERVED_NAMES } from "../reserved_paths.ts";

/** Characters of a name at most. */
export const MAX_NAME_LENGTH = 64;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Whether a deployed function may be called so: 1 to 64 ASCII letters, digits, `-`, `_` and `.`, a letter or digit
 * first, no `.` last and no two in a row, and not one of the API's own. What is left is one segment of a path, in
 * a URL and on any file system.
 *
 * @returns `bad_request`
 *
 * @example
 * ```ts
 * import { checkName } from "./function_name.ts";
 *
 * console.log(checkName("image-converter.v2").ok, checkName("../etc").ok); // true false
 * ```
 */
export function checkName(name: string): Result<string, SkerryError> {
  if (name === "") return refuse(name, "it is empty");
  if (name.length > MAX_NAME_LENGTH) {
    return refuse(name, `it has ${name.length} characters, and the limit is ${MAX_NAME_LENGTH}`);
  }
  if (!NAME.test(name) || name.includes("..") || name.endsWith(".")) {
    const expected = 'expected letters, digits, "-", "_" and single ".", a letter or digit first';
    return refuse(name, expected);
  }
  return RESERVED_NAMES.has(name) ? refuse(name, "the path belongs to Skerry's own API") : ok(name);
}

const MAX_SHOWN = 80;

function refuse(name: string, reason: string): Result<never, SkerryError> {
  const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name;
  const message = `Cannot call a function ${JSON.stringify(shown)}: ${reason}`;
  return err(skerryError("bad_request", message));
}
