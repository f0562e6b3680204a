import type { StringBlock } from "../wasi/run_io.ts";

/**
 * The environment of a program and then that of a request: C libraries look for the first of a name.
 *
 * @example
 * ```ts
 * import { encodeStrings } from "../wasi/string_block.ts";
 * import { prependEnviron } from "./program_environ.ts";
 *
 * const request = encodeStrings(["REQUEST_METHOD=GET"]);
 * const { count } = prependEnviron(encodeStrings(["SCRIPT_FILENAME=/app/main.php"]), request);
 * console.log(count); // 2
 * ```
 */
export function prependEnviron(program: StringBlock, request: StringBlock): StringBlock {
  const bytes = new Uint8Array(program.bytes.length + request.bytes.length);
  bytes.set(program.bytes, 0);
  bytes.set(request.bytes, program.bytes.length);
  return { bytes, count: program.count + request.count };
}
