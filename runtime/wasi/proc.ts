import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Run } from "./run.ts";

/** Signals whose default action in POSIX is to be ignored. */
const IGNORED: ReadonlySet<number> = new Set([
  wasi.SIGNAL_NONE,
  wasi.SIGNAL_CHLD,
  wasi.SIGNAL_CONT,
  wasi.SIGNAL_URG,
  wasi.SIGNAL_WINCH,
]);

/** Signals whose default action is to suspend the process: no one could ever resume it here. */
const SUSPENDING: ReadonlySet<number> = new Set([
  wasi.SIGNAL_STOP,
  wasi.SIGNAL_TSTP,
  wasi.SIGNAL_TTIN,
  wasi.SIGNAL_TTOU,
]);

/** `proc_exit`, `proc_raise` and `sched_yield`. */
export function procCalls(run: Run) {
  return {
    /** Ends the run with an exit code, u32 as given. Does not return. */
    proc_exit(code: number): never {
      run.enter();
      return run.stop({ kind: "exit", exitCode: code >>> 0 });
    },

    /**
     * Does the signal's default action: ends the run, or nothing.
     * EINVAL: no such signal; ENOTSUP: it would suspend the program.
     */
    proc_raise(signal: number): number {
      run.enter();
      if (signal < 0 || signal > wasi.SIGNAL_SYS) return wasi.ERRNO_INVAL;
      if (IGNORED.has(signal)) return wasi.ERRNO_SUCCESS;
      if (SUSPENDING.has(signal)) return wasi.ERRNO_NOTSUP;
      return run.stop({ kind: "signal", signal });
    },

    /** Returns at once: a run has one thread. */
    sched_yield(): number {
      run.enter();
      return wasi.ERRNO_SUCCESS;
    },
  };
}
