import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Run } from "./run.ts";

/**
 * What `clock_res_get` reports, nanoseconds: what `Date.now()` and `performance.now()` can tell
 * apart.
 */
const REALTIME_RESOLUTION_NS = 1_000_000n;
const MONOTONIC_RESOLUTION_NS = 1_000n;

const UNKNOWN_CLOCK = -1n;

/** `clock_res_get` and `clock_time_get`. */
export function clockCalls(run: Run) {
  return {
    /**
     * Writes the resolution of a clock, u64 nanoseconds, to `resolution`.
     * EINVAL: no such clock; EFAULT: bad pointer.
     */
    clock_res_get(id: number, resolution: number): number {
      run.enter();
      return writeTimestamp(run, resolution >>> 0, resolutionNs(id));
    },

    /**
     * Writes the time of a clock, u64 nanoseconds, to `time`; `precision` is only a hint.
     * EINVAL: no such clock; EFAULT: bad pointer.
     */
    clock_time_get(id: number, _precision: bigint, time: number): number {
      run.enter();
      return writeTimestamp(run, time >>> 0, timeNs(run, id));
    },
  };
}

/** The time of a clock in nanoseconds, or a negative value for an id that names none. */
export function timeNs(run: Run, id: number): bigint {
  switch (id) {
    case wasi.CLOCKID_REALTIME:
      return run.clock.realtimeNs();
    case wasi.CLOCKID_MONOTONIC:
      return run.clock.monotonicNs();
    case wasi.CLOCKID_PROCESS_CPUTIME_ID:
    case wasi.CLOCKID_THREAD_CPUTIME_ID:
      return run.cpuTimeNs();
    default:
      return UNKNOWN_CLOCK;
  }
}

function resolutionNs(id: number): bigint {
  if (id === wasi.CLOCKID_REALTIME) return REALTIME_RESOLUTION_NS;
  if (id >= wasi.CLOCKID_MONOTONIC && id <= wasi.CLOCKID_THREAD_CPUTIME_ID) {
    return MONOTONIC_RESOLUTION_NS;
  }
  return UNKNOWN_CLOCK;
}

function writeTimestamp(run: Run, pointer: number, ns: bigint): number {
  if (ns < 0n) return wasi.ERRNO_INVAL;
  if (!run.memory.holds(pointer, 8)) return wasi.ERRNO_FAULT;
  run.memory.view.setBigUint64(pointer, ns, true);
  return wasi.ERRNO_SUCCESS;
}
