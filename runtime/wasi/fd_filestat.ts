import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import { FILESTAT_BYTES } from "./filestat.ts";
import type { Run } from "./run.ts";
import { areTimeFlagsValid } from "./times.ts";

/** `fd_filestat_get`, `fd_filestat_set_size` and `fd_filestat_set_times`. */
export function fdFilestatCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Writes size, times and so on, a `filestat`, to `filestat`. EBADF: not open; EFAULT: bad
     * pointer.
     */
    fd_filestat_get(fd: number, filestat: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      const pointer = filestat >>> 0;
      if (!run.memory.holds(pointer, FILESTAT_BYTES)) return wasi.ERRNO_FAULT;
      const { ret, filestat: status } = descriptor.fd_filestat_get();
      status?.write_bytes(run.memory.view, pointer);
      return ret;
    },

    /**
     * Cuts a file off or fills it with zeros. EBADF: not an open file; EINVAL: not writable;
     * EFBIG, ENOSPC: over a quota; ENOTCAPABLE: the right was given up.
     */
    fd_filestat_set_size(fd: number, size: bigint): number {
      run.enter();
      const bytes = BigInt.asUintN(64, size);
      const errno = table.get(fd)?.fd_filestat_set_size(bytes) ?? wasi.ERRNO_BADF;
      if (errno === wasi.ERRNO_SUCCESS) run.spendBytes(Number(bytes));
      return errno;
    },

    /**
     * Sets access and modification times, nanoseconds, as `FSTFLAGS_*` say. EBADF: not open, or a
     * stream; EINVAL: both a time and "now" for one of them; EROFS: read-only.
     */
    fd_filestat_set_times(fd: number, atim: bigint, mtim: bigint, flags: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      if (!areTimeFlagsValid(flags)) return wasi.ERRNO_INVAL;
      return descriptor.fd_filestat_set_times(
        BigInt.asUintN(64, atim),
        BigInt.asUintN(64, mtim),
        flags,
      );
    },
  };
}
