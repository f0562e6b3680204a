import { wasi } from "@bjorn3/browser_wasi_shim";
import { DirectoryDescriptor } from "./directory_descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import type { DirectoryHandle, OrErrno } from "./filesystem/handles.ts";
import { type Follow, MAX_PATH_BYTES, resolve, type Target } from "./filesystem/resolve.ts";
import type { Run } from "./run.ts";

/** `LOOKUPFLAGS_SYMLINK_FOLLOW`, which the shim does not define. */
export const LOOKUPFLAGS_SYMLINK_FOLLOW = 1;

/** A byte-order mark is a character of a name like any other. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a path out of guest memory. EFAULT: bad pointer; ENAMETOOLONG: over 4,096 bytes; EILSEQ:
 * not UTF-8.
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

/** A path as a call is given it. */
export interface GuestPath {
  /** The directory it starts from. */
  readonly fd: number;
  readonly path: number;
  readonly pathLength: number;
}

/**
 * A function that calls `use` with where a path leads, if its directory has these rights. All calls
 * made of it can answer EBADF or ENOTDIR (`fd` is no directory), EFAULT (bad pointer), EILSEQ (path
 * not UTF-8), ENAMETOOLONG, EINVAL (NUL in it), ENOENT, ENOTDIR or ELOOP (the path leads nowhere),
 * EPERM (it leads out of `fd`) and ENOTCAPABLE (a right was given up); those that change something,
 * EROFS.
 */
export function targetOf(run: Run, table: DescriptorTable) {
  return (
    { fd, path, pathLength }: GuestPath,
    rights: number,
    follow: Follow,
    use: (target: Target) => number,
  ): number => {
    const base = openDirectory(table, fd);
    if (typeof base === "number") return base;
    const text = readPath(run, path, pathLength);
    if (typeof text === "number") return text;
    const refusal = base.need(rights);
    return refusal === wasi.ERRNO_SUCCESS ? resolve(run, base.handle, text, follow, use) : refusal;
  };
}

/**
 * EEXIST if a name is taken; ENOENT if it ends in a slash, as what is about to be made is no
 * directory.
 */
export function checkNewName(
  directory: DirectoryHandle,
  name: string,
  isDirectoryWanted: boolean,
): number {
  const filetype = directory.lookup(name);
  if (filetype >= 0) return wasi.ERRNO_EXIST;
  if (filetype !== -wasi.ERRNO_NOENT) return -filetype;
  return isDirectoryWanted ? wasi.ERRNO_NOENT : wasi.ERRNO_SUCCESS;
}

/** ENOTDIR if a slash follows the name of something that is no directory. */
export function checkSlash({ directory, name, isDirectoryWanted }: Target): number {
  if (name === undefined || !isDirectoryWanted) return wasi.ERRNO_SUCCESS;
  const filetype = directory.lookup(name);
  if (filetype < 0) return -filetype;
  return filetype === wasi.FILETYPE_DIRECTORY ? wasi.ERRNO_SUCCESS : wasi.ERRNO_NOTDIR;
}
