/** How long building may take. */
export interface BuildTimes {
  /** Wall clock of one build, milliseconds. @default 60_000 */
  readonly timeoutMs?: number;
  /**
   * Wall clock of loading a toolchain, milliseconds: it may have to be fetched, or to compile its own library
   * first. @default 180_000
   */
  readonly loadTimeoutMs?: number;
}

/** With what is not said. */
export function buildTimes(
  { timeoutMs = 60_000, loadTimeoutMs = 180_000 }: BuildTimes,
): Required<BuildTimes> {
  return { timeoutMs, loadTimeoutMs };
}
