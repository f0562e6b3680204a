/**
 * What one run sees and where its output goes. The embedder makes one per run; the host reads it lazily,
 * so a module that never asks for its environment costs nothing to give one.
 */
export interface RunIo {
  /** Arguments, `argv[0]` first, as {@linkcode StringBlock}. Called at most once a run. */
  args(): StringBlock;
  /** Environment, each `NAME=value`, as {@linkcode StringBlock}. Called at most once a run. */
  environ(): StringBlock;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
}

/**
 * Strings the way `args_get` and `environ_get` write them: UTF-8, each ended by a NUL, one after another.
 * `count` is how many. One buffer, so that it is transferred between threads instead of cloned.
 */
export interface StringBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Where a run reads from. */
export interface ByteSource {
  /** Copies up to `target.length` bytes into `target` and returns how many; 0 is end of file. */
  read(target: Uint8Array): number;
}

/** Where a run writes to. */
export interface ByteSink {
  /**
   * Takes `bytes`, which are only valid during the call. Returns how many were taken, or `stop` when the
   * limit is passed and the run must end as `output_too_large`.
   */
  write(bytes: Uint8Array): number | "stop";
}
