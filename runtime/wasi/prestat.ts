import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Run } from "./run.ts";

/** Bytes of a `prestat` in guest memory. */
const PRESTAT_BYTES = 8;

/** `fd_prestat_get` and `fd_prestat_dir_name`. */
export function prestatCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Writes type and length of name of a directory that was open from the beginning, a `prestat`,
     * to `prestat`. EBADF: not open, or no such directory, which ends the search C programs begin
     * with at 3.
     */
    fd_prestat_get(fd: number, prestat: number): number {
      run.enter();
      const found = table.get(fd)?.fd_prestat_get();
      if (found?.prestat == null) return wasi.ERRNO_BADF;
      const pointer = prestat >>> 0;
      if (!run.memory.holds(pointer, PRESTAT_BYTES)) return wasi.ERRNO_FAULT;
      found.prestat.write_bytes(run.memory.view, pointer);
      return wasi.ERRNO_SUCCESS;
    },

    /**
     * Writes the name of such a directory, without a NUL. EBADF: not open; ENOTDIR: not such a
     * directory; ENAMETOOLONG: `length` is too short; EFAULT: bad pointer.
     */
    fd_prestat_dir_name(fd: number, name: number, length: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      const { prestat } = descriptor.fd_prestat_get();
      if (prestat === null) return wasi.ERRNO_NOTDIR;
      const bytes = prestat.inner.pr_name;
      if (bytes.length > length >>> 0) return wasi.ERRNO_NAMETOOLONG;
      if (!run.memory.holds(name >>> 0, bytes.length)) return wasi.ERRNO_FAULT;
      run.memory.bytes.set(bytes, name >>> 0);
      return wasi.ERRNO_SUCCESS;
    },
  };
}
