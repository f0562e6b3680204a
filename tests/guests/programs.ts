/** Guests in C, from `c/`, built by `scripts/build_samples.ts` and committed. */
import { readFile } from "node:fs/promises";
import type { BuildGuest } from "./fragments.ts";

function built(name: string): BuildGuest {
  return async () => new Uint8Array(await readFile(new URL(`c/${name}.wasm`, import.meta.url)));
}

export const PROGRAMS = {
  /** Prints its arguments and its environment, one to a line. */
  dumpEnvironment: built("dump_environment"),
  /** Copies standard input to standard output, whatever the bytes. */
  echoStdin: built("echo_stdin"),
  /** Reads all of standard input and prints how many bytes it was and their FNV-1a hash. */
  countStdin: built("count_stdin"),
  /** Calls malloc until it fails, touching all it gets, then aborts. Over its memory. */
  mallocBomb: built("malloc_bomb"),
  /** Prints a thousand lines of the alphabet, each byte by a write of its own. */
  oneByteWrites: built("one_byte_writes"),
  /** Prints 16 random bytes and the time of two clocks. */
  randomAndClock: built("random_and_clock"),
  /** Writes `to stdout` and `to stderr` where they say, and exits with code 0. */
  writeStderr: built("write_stderr"),
} satisfies Record<string, BuildGuest>;
