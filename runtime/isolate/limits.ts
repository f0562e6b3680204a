/** The bounds of one run. Every one of them is always in force; there is no "unlimited" over HTTP. */
export interface Limits {
  /** Fuel units (Wasmtime's cost model). @default 10_000_000_000, about a second of CPU */
  readonly fuel: number;
  /** 64 KiB pages over all memories. @default 2048 (128 MiB) */
  readonly memoryPages: number;
  /** Wall clock of a run, milliseconds. @default 10_000 */
  readonly timeoutMs: number;
  /** Bytes of standard output. @default 10 MiB */
  readonly stdoutBytes: number;
  /** Bytes of standard error kept for the log; the rest is dropped. @default 64 KiB */
  readonly stderrBytes: number;
}

/** What a function without configuration may use. */
export const DEFAULT_LIMITS: Limits = {
  fuel: 10_000_000_000,
  memoryPages: 2048,
  timeoutMs: 10_000,
  stdoutBytes: 10 * 1024 * 1024,
  stderrBytes: 64 * 1024,
};
