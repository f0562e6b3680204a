import type { StringBlock } from "./run_io.ts";

const ENCODER = new TextEncoder();

/**
 * Encodes strings the way `args_get` and `environ_get` write them: UTF-8, each ended by a NUL. A NUL inside a string would
 * end it early and put `count` out of step with the bytes, so it is removed.
 *
 * @example
 * ```ts
 * import { encodeStrings } from "./string_block.ts";
 *
 * const block = encodeStrings(["/hello", "name=Ada"]);
 * console.log(block.count, block.bytes.length); // 2 16
 * ```
 */
export function encodeStrings(strings: readonly string[]): StringBlock {
  let text = "";
  for (const string of strings) text += withoutNul(string) + "\0";
  return { bytes: ENCODER.encode(text), count: strings.length };
}

function withoutNul(string: string): string {
  return string.includes("\0") ? string.replaceAll("\0", "") : string;
}
