import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Descriptor } from "./descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { MAX_VECTORS } from "./guest_memory.ts";
import type { Run } from "./run.ts";

const { RIGHTS_FD_READ, RIGHTS_FD_WRITE } = wasi;

/**
 * Most bytes one call moves; moving fewer than asked for is legal, and bounds what a call costs.
 */
const MAX_TRANSFER_BYTES = 16 * 1024 * 1024;

/** Stands for "at the position, moving it". */
const AT_POSITION = -1;

/**
 * Moves bytes between a descriptor and guest memory; answers how many, or a negative error number.
 */
type Move = (descriptor: Descriptor, chunk: Uint8Array, offset: number) => number;

const read: Move = (descriptor, chunk, offset) => {
  return offset === AT_POSITION ? descriptor.read(chunk) : descriptor.readAt(chunk, offset);
};

const write: Move = (descriptor, chunk, offset) => {
  return offset === AT_POSITION ? descriptor.write(chunk) : descriptor.writeAt(chunk, offset);
};

/** `fd_read`, `fd_write`, `fd_pread` and `fd_pwrite`. */
export function fdIoCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Reads into `count` vectors at `iovecs`, writing the bytes read, u32, to `nread`; 0 is end of
     * file. EBADF: not open, or not for reading; EFAULT: bad pointer.
     */
    fd_read(fd: number, iovecs: number, count: number, nread: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (!descriptor?.allows(RIGHTS_FD_READ)) return wasi.ERRNO_BADF;
      return transfer(run, descriptor, read, iovecs >>> 0, count >>> 0, AT_POSITION, nread >>> 0);
    },

    /**
     * Writes `count` vectors at `ciovecs`, writing the bytes taken, u32, to `nwritten`.
     * EBADF: not open, or not for writing; EFAULT: bad pointer; ENOSPC, EFBIG: over a quota.
     * Ends the run as `output_too_large` when standard output is over its limit.
     */
    fd_write(fd: number, ciovecs: number, count: number, nwritten: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (!descriptor?.allows(RIGHTS_FD_WRITE)) return wasi.ERRNO_BADF;
      const pointer = nwritten >>> 0;
      return transfer(run, descriptor, write, ciovecs >>> 0, count >>> 0, AT_POSITION, pointer);
    },

    /** Like `fd_read`, at `offset`. EINVAL: offset of 2^63 or more; ESPIPE: a stream. */
    fd_pread(fd: number, iovecs: number, count: number, offset: bigint, nread: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (!descriptor?.allows(RIGHTS_FD_READ)) return wasi.ERRNO_BADF;
      if (offset < 0n) return wasi.ERRNO_INVAL;
      const at = Number(offset);
      return transfer(run, descriptor, read, iovecs >>> 0, count >>> 0, at, nread >>> 0);
    },

    /** Like `fd_write`, at `offset`. EINVAL: offset of 2^63 or more; ESPIPE: a stream. */
    fd_pwrite(
      fd: number,
      ciovecs: number,
      count: number,
      offset: bigint,
      nwritten: number,
    ): number {
      run.enter();
      const descriptor = table.get(fd);
      if (!descriptor?.allows(RIGHTS_FD_WRITE)) return wasi.ERRNO_BADF;
      if (offset < 0n) return wasi.ERRNO_INVAL;
      const at = Number(offset);
      return transfer(run, descriptor, write, ciovecs >>> 0, count >>> 0, at, nwritten >>> 0);
    },
  };
}

/**
 * Moves vector after vector until one is not moved whole, and writes the bytes moved to `moved`.
 */
function transfer(
  run: Run,
  descriptor: Descriptor,
  move: Move,
  vectors: number,
  count: number,
  offset: number,
  moved: number,
): number {
  const { memory } = run;
  if (!memory.holds(moved, 4) || !memory.holdsVectors(vectors, count)) return wasi.ERRNO_FAULT;
  run.spend(count >>> 4);
  let total = 0;
  for (let i = 0; i < Math.min(count, MAX_VECTORS) && total < MAX_TRANSFER_BYTES; i++) {
    const length = Math.min(memory.vectorLength(vectors, i), MAX_TRANSFER_BYTES - total);
    if (length === 0) continue;
    const chunk = memory.slice(memory.vectorPointer(vectors, i), length);
    const at = offset === AT_POSITION ? AT_POSITION : offset + total;
    const bytes = move(descriptor, chunk, at);
    if (bytes < 0 && total === 0) return -bytes;
    if (bytes <= 0) break;
    total += bytes;
    if (bytes < length) break;
  }
  memory.view.setUint32(moved, total, true);
  run.spendBytes(total);
  return wasi.ERRNO_SUCCESS;
}
