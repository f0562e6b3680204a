import type { WasiClock } from "./wasi_clock.ts";

/**
 * The clock of this machine.
 *
 * @example
 * ```ts
 * import { systemClock } from "./system_clock.ts";
 *
 * const startMs = systemClock.nowMs();
 * console.log(systemClock.nowMs() - startMs);
 * ```
 */
export const systemClock: WasiClock = {
  realtimeNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNs: () => BigInt(Math.round(performance.now() * 1e6)),
  nowMs: () => performance.now(),
};
