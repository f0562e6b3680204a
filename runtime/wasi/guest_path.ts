import { wasi } from "@bjorn3/browser_wasi_shim";
import { DirectoryDescriptor } from "./directory_descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import type { OrErrno } from "./filesystem/handles.ts";
import { type Follow, MAX_PATH_BYTES } from "./filesystem/resolve.ts";
import type { Run } from "./run.ts";

/** `LOOKUPFLAGS_SYMLINK_FOLLOW`, which the shim does not define. */
export const LOOKUPFLAGS_SYMLINK_FOLLOW = 1;

/** A byte-order mark is a character of a name like any other. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a path out of guest memory. EFAULT: bad pointer; ENAMETOOLONG: over 4,096 bytes; EILSEQ: not UTF-8.
 */
export function readPath(run: Run, pointer: number, length: number): OrErrno<string> {
  const [start, bytes] = [pointer >>> 0, length >>> 0];
  if (!run.memory.holds(start, bytes)) return wasi.ERRNO_FAULT;
  if (bytes > MAX_PATH_BYTES) return wasi.ERRNO_NAMETOOLONG;
  try {
    return utf8.decode(run.memory.slice(start, bytes));
  } catch {
    return wasi.ERRNO_ILSEQ;
  }
}

/** The open directory with this number. EBADF: not open, or a stream; ENOTDIR: a file. */
export function openDirectory(table: DescriptorTable, fd: number): OrErrno<DirectoryDescriptor> {
  const descriptor = table.get(fd);
  if (descriptor instanceof DirectoryDescriptor) return descriptor;
  return descriptor instanceof FileDescriptor ? wasi.ERRNO_NOTDIR : wasi.ERRNO_BADF;
}

/** What `LOOKUPFLAGS_*` bits ask for, or undefined if there are no such bits. */
export function followOf(lookupFlags: number): Follow | undefined {
  if (lookupFlags === 0) return "slash";
  return lookupFlags === LOOKUPFLAGS_SYMLINK_FOLLOW ? "always" : undefined;
}
