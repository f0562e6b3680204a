import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Run } from "./run.ts";

/** `fd_advise`, `fd_allocate`, `fd_close`, `fd_datasync`, `fd_renumber` and `fd_sync`. */
export function fdControlCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Takes advice on how a range will be used. EBADF: not an open file; EINVAL: no such advice.
     */
    fd_advise(fd: number, offset: bigint, length: bigint, advice: number): number {
      run.enter();
      if (advice < wasi.ADVICE_NORMAL || advice > wasi.ADVICE_NOREUSE) return wasi.ERRNO_INVAL;
      return table.get(fd)?.fd_advise(offset, length, advice) ?? wasi.ERRNO_BADF;
    },

    /**
     * Makes a file at least `offset + length` bytes long. EBADF: not an open file; EINVAL: `length`
     * is 0; EFBIG, ENOSPC: over a quota; ENOTCAPABLE: the right was given up.
     */
    fd_allocate(fd: number, offset: bigint, length: bigint): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      const [start, bytes] = [BigInt.asUintN(64, offset), BigInt.asUintN(64, length)];
      const errno = descriptor.fd_allocate(start, bytes);
      if (errno === wasi.ERRNO_SUCCESS) run.spendBytes(Number(start + bytes));
      return errno;
    },

    /** Closes a descriptor. EBADF: not open. */
    fd_close(fd: number): number {
      run.enter();
      return table.close(fd);
    },

    /** Stores a file's data durably. EBADF: not an open file; EIO: the disk failed. */
    fd_datasync(fd: number): number {
      run.enter();
      return table.get(fd)?.fd_datasync() ?? wasi.ERRNO_BADF;
    },

    /**
     * Moves the descriptor `from` to the number `to`, closing what was there. EBADF: one is not
     * open.
     */
    fd_renumber(from: number, to: number): number {
      run.enter();
      return table.renumber(from, to);
    },

    /** Stores a file's data and metadata durably. EBADF: not an open file; EIO: the disk failed. */
    fd_sync(fd: number): number {
      run.enter();
      return table.get(fd)?.fd_sync() ?? wasi.ERRNO_BADF;
    },
  };
}
