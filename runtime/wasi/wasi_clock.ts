/** Where a host reads the time. Injected, so that tests need not wait. */
export interface WasiClock {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  realtimeNs(): bigint;
  /** Nanoseconds since some moment; never goes back. */
  monotonicNs(): bigint;
  /** Milliseconds on the scale of `performance.now()`, which deadlines are given in. */
  nowMs(): number;
}
