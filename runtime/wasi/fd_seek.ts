import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Run } from "./run.ts";

/** `fd_seek` and `fd_tell`. */
export function fdSeekCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Moves the position, and writes the new one, u64, to `newOffset`.
     * EBADF: not open, or a directory; ESPIPE: a stream; EINVAL: bad `whence`, or a result below 0.
     */
    fd_seek(fd: number, offset: bigint, whence: number, newOffset: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      return writeOffset(run, newOffset >>> 0, () => descriptor.fd_seek(offset, whence));
    },

    /** Writes the position, u64, to `offset`. EBADF: not open, or a directory; ESPIPE: a stream. */
    fd_tell(fd: number, offset: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      return writeOffset(run, offset >>> 0, () => descriptor.fd_tell());
    },
  };
}

function writeOffset(
  run: Run,
  pointer: number,
  move: () => { ret: number; offset: bigint },
): number {
  if (!run.memory.holds(pointer, 8)) return wasi.ERRNO_FAULT;
  const { ret, offset } = move();
  if (ret === wasi.ERRNO_SUCCESS) run.memory.view.setBigUint64(pointer, offset, true);
  return ret;
}
