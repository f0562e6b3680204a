import type { StringBlock } from "../wasi/run_io.ts";

/** What a run sees. The blocks are made only if the module asks for them. */
export interface RunInput {
  /** Arguments, `argv[0]` first. */
  args(): StringBlock;
  /** Environment, each `NAME=value`. */
  environ(): StringBlock;
  readonly stdin: Uint8Array;
}
