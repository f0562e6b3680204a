import { wasi } from "@bjorn3/browser_wasi_shim";
import { ALL_FDFLAGS, type Descriptor } from "./descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { hasUnknownRights, knownRights } from "./rights.ts";
import type { Run } from "./run.ts";

/** Bytes of an `fdstat` in guest memory. */
const FDSTAT_BYTES = 24;

/**
 * What a descriptor is and may do: `fd_fdstat_get`, `fd_fdstat_set_flags` and
 * `fd_fdstat_set_rights`.
 */
export function fdFdstatCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Writes type, flags and rights, an `fdstat`, to `fdstat`. EBADF: not open; EFAULT: bad
     * pointer.
     */
    fd_fdstat_get(fd: number, fdstat: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      const pointer = fdstat >>> 0;
      if (!run.memory.holds(pointer, FDSTAT_BYTES)) return wasi.ERRNO_FAULT;
      writeFdstat(run.memory.view, pointer, descriptor);
      return wasi.ERRNO_SUCCESS;
    },

    /**
     * Sets APPEND and NONBLOCK. EBADF: not an open file; EINVAL: other flags, which only opening
     * can set; ENOTCAPABLE: the right was given up.
     */
    fd_fdstat_set_flags(fd: number, flags: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      if ((flags & ~ALL_FDFLAGS) !== 0) return wasi.ERRNO_INVAL;
      return descriptor.fd_fdstat_set_flags(flags);
    },

    /** Gives rights up. EBADF: not open; ENOTCAPABLE: the rights include one it does not have. */
    fd_fdstat_set_rights(fd: number, base: bigint, inheriting: bigint): number {
      run.enter();
      const descriptor = table.get(fd);
      if (descriptor === undefined) return wasi.ERRNO_BADF;
      if (hasUnknownRights(base) || hasUnknownRights(inheriting)) return wasi.ERRNO_NOTCAPABLE;
      const newBase = knownRights(base);
      const newInheriting = knownRights(inheriting);
      const exceeds = (newBase & ~descriptor.rightsBase) !== 0 ||
        (newInheriting & ~descriptor.rightsInheriting) !== 0;
      if (exceeds) return wasi.ERRNO_NOTCAPABLE;
      table.touch();
      descriptor.rightsBase = newBase;
      descriptor.rightsInheriting = newInheriting;
      return wasi.ERRNO_SUCCESS;
    },
  };
}

/**
 * Written here and not by the shim's `Fdstat`: every C program asks for it, and this allocates
 * nothing.
 */
function writeFdstat(view: DataView, pointer: number, descriptor: Descriptor): void {
  view.setUint8(pointer, descriptor.filetype);
  view.setUint16(pointer + 2, descriptor.flags, true);
  view.setUint32(pointer + 8, descriptor.rightsBase, true);
  view.setUint32(pointer + 12, 0, true);
  view.setUint32(pointer + 16, descriptor.rightsInheriting, true);
  view.setUint32(pointer + 20, 0, true);
}
