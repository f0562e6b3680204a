import type { StringBlock } from "../wasi/run_io.ts";

/**
 * Arguments of a request with those of a program after the first, which is the program's name.
 *
 * @example
 * ```ts
 * import { encodeStrings } from "../wasi/string_block.ts";
 * import { insertArgs } from "./program_args.ts";
 *
 * const request = encodeStrings(["/hello", "name=Ada"]);
 * const { count } = insertArgs(request, encodeStrings(["/app/main.py"]));
 * console.log(count); // 3
 * ```
 */
export function insertArgs(request: StringBlock, inserted: StringBlock): StringBlock {
  const at = request.bytes.indexOf(0) + 1;
  const bytes = new Uint8Array(request.bytes.length + inserted.bytes.length);
  bytes.set(request.bytes.subarray(0, at), 0);
  bytes.set(inserted.bytes, at);
  bytes.set(request.bytes.subarray(at), at + inserted.bytes.length);
  return { bytes, count: request.count + inserted.count };
}
