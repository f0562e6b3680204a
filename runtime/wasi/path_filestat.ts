import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Target } from "./filesystem/resolve.ts";
import { FILESTAT_BYTES } from "./filestat.ts";
import { checkSlash, followOf, targetOf } from "./guest_path.ts";
import type { Run } from "./run.ts";
import { areTimeFlagsValid, newTimes } from "./times.ts";

/** `path_filestat_get` and `path_filestat_set_times`. */
export function pathFilestatCalls(run: Run, table: DescriptorTable) {
  const at = targetOf(run, table);
  return {
    /** Writes size, times and so on of what the path names, a `filestat`, to `filestat`. */
    path_filestat_get(
      fd: number,
      lookupFlags: number,
      path: number,
      pathLength: number,
      filestat: number,
    ): number {
      run.enter();
      const follow = followOf(lookupFlags);
      if (follow === undefined) return wasi.ERRNO_INVAL;
      const pointer = filestat >>> 0;
      if (!run.memory.holds(pointer, FILESTAT_BYTES)) return wasi.ERRNO_FAULT;
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_FILESTAT_GET, follow, (target) => {
        return writeStatus(run, target, pointer);
      });
    },

    /**
     * Sets times as `fd_filestat_set_times` does. EINVAL: both a time and "now" for one of them.
     */
    path_filestat_set_times(
      fd: number,
      lookupFlags: number,
      path: number,
      pathLength: number,
      atim: bigint,
      mtim: bigint,
      flags: number,
    ): number {
      run.enter();
      const follow = followOf(lookupFlags);
      if (follow === undefined || !areTimeFlagsValid(flags)) return wasi.ERRNO_INVAL;
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_FILESTAT_SET_TIMES, follow, (target) => {
        const refusal = checkSlash(target);
        if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
        const access = BigInt.asUintN(64, atim);
        const times = newTimes(access, BigInt.asUintN(64, mtim), flags, run.clock.realtimeNs);
        return target.name === undefined
          ? target.directory.setTimes(times)
          : target.directory.setEntryTimes(target.name, times);
      });
    },
  };
}

function writeStatus(run: Run, target: Target, pointer: number): number {
  const refusal = checkSlash(target);
  if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
  const { directory, name } = target;
  const status = name === undefined ? directory.stat() : directory.statEntry(name);
  if (typeof status === "number") return status;
  status.write_bytes(run.memory.view, pointer);
  return wasi.ERRNO_SUCCESS;
}
