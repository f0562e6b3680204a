import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Descriptor } from "./descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { MAX_VECTORS } from "./guest_memory.ts";
import type { Run } from "./run.ts";

/** Most bytes one call moves; moving fewer than asked for is legal, and bounds what a call costs. */
const MAX_TRANSFER_BYTES = 16 * 1024 * 1024;

/** Stands for "at the position, moving it". */
const AT_POSITION = -1;

/** `fd_read`, `fd_write`, `fd_pread` and `fd_pwrite`. */
export function fdIoCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Reads into `count` vectors at `iovecs`, writing the bytes read, u32, to `nread`; 0 is end of file.
     * EBADF: not open, or not for reading; EFAULT: bad pointer.
     */
    fd_read(fd: number, iovecs: number, count: number, nread: number): number {
      run.enter();
      return readVectors(run, table.get(fd), iovecs >>> 0, count >>> 0, AT_POSITION, nread >>> 0);
    },

    /**
     * Writes `count` vectors at `ciovecs`, writing the bytes taken, u32, to `nwritten`.
     * EBADF: not open, or not for writing; EFAULT: bad pointer; ENOSPC, EFBIG: over a quota.
     * Ends the run as `output_too_large` when standard output is over its limit.
     */
    fd_write(fd: number, ciovecs: number, count: number, nwritten: number): number {
      run.enter();
      const pointer = nwritten >>> 0;
      return writeVectors(run, table.get(fd), ciovecs >>> 0, count >>> 0, AT_POSITION, pointer);
    },

    /** Like `fd_read`, at `offset`. EINVAL: offset of 2^63 or more; ESPIPE: a stream. */
    fd_pread(fd: number, iovecs: number, count: number, offset: bigint, nread: number): number {
      run.enter();
      if (offset < 0n) return wasi.ERRNO_INVAL;
      const at = Number(offset);
      return readVectors(run, table.get(fd), iovecs >>> 0, count >>> 0, at, nread >>> 0);
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
      if (offset < 0n) return wasi.ERRNO_INVAL;
      const at = Number(offset);
      return writeVectors(run, table.get(fd), ciovecs >>> 0, count >>> 0, at, nwritten >>> 0);
    },
  };
}

function readVectors(
  run: Run,
  descriptor: Descriptor | undefined,
  iovecs: number,
  count: number,
  offset: number,
  nread: number,
): number {
  const { memory } = run;
  if (descriptor === undefined || !descriptor.allows(wasi.RIGHTS_FD_READ)) return wasi.ERRNO_BADF;
  if (!memory.holds(nread, 4) || !memory.holdsVectors(iovecs, count)) return wasi.ERRNO_FAULT;
  let total = 0;
  for (let i = 0; i < Math.min(count, MAX_VECTORS) && total < MAX_TRANSFER_BYTES; i++) {
    const length = Math.min(memory.vectorLength(iovecs, i), MAX_TRANSFER_BYTES - total);
    if (length === 0) continue;
    const target = memory.slice(memory.vectorPointer(iovecs, i), length);
    const got = offset === AT_POSITION
      ? descriptor.read(target)
      : descriptor.readAt(target, offset + total);
    if (got < 0 && total === 0) return -got;
    if (got <= 0) break;
    total += got;
    if (got < length) break;
  }
  memory.view.setUint32(nread, total, true);
  run.spendBytes(total);
  return wasi.ERRNO_SUCCESS;
}

function writeVectors(
  run: Run,
  descriptor: Descriptor | undefined,
  ciovecs: number,
  count: number,
  offset: number,
  nwritten: number,
): number {
  const { memory } = run;
  if (descriptor === undefined || !descriptor.allows(wasi.RIGHTS_FD_WRITE)) return wasi.ERRNO_BADF;
  if (!memory.holds(nwritten, 4) || !memory.holdsVectors(ciovecs, count)) return wasi.ERRNO_FAULT;
  let total = 0;
  for (let i = 0; i < Math.min(count, MAX_VECTORS) && total < MAX_TRANSFER_BYTES; i++) {
    const length = Math.min(memory.vectorLength(ciovecs, i), MAX_TRANSFER_BYTES - total);
    if (length === 0) continue;
    const source = memory.slice(memory.vectorPointer(ciovecs, i), length);
    const taken = offset === AT_POSITION
      ? descriptor.write(source)
      : descriptor.writeAt(source, offset + total);
    if (taken < 0 && total === 0) return -taken;
    if (taken <= 0) break;
    total += taken;
    if (taken < length) break;
  }
  memory.view.setUint32(nwritten, total, true);
  run.spendBytes(total);
  return wasi.ERRNO_SUCCESS;
}
