import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import { areTimeFlagsValid } from "./fd_status.ts";
import type { DirectoryHandle } from "./filesystem/handles.ts";
import { type Follow, resolve, type Target } from "./filesystem/resolve.ts";
import { FILESTAT_BYTES } from "./filestat.ts";
import { followOf, openDirectory, readPath } from "./guest_path.ts";
import type { Run } from "./run.ts";
import { newTimes } from "./times.ts";

const encoder = new TextEncoder();

/**
 * The calls that take one path. All can answer EBADF or ENOTDIR (`fd` is no directory), EFAULT (bad pointer),
 * EILSEQ (path not UTF-8), ENAMETOOLONG, EINVAL (NUL in it), ENOENT, ENOTDIR or ELOOP (the path leads nowhere),
 * EPERM (it leads out of `fd`), ENOTCAPABLE (a right was given up); those that change something, EROFS.
 */
export function pathCalls(run: Run, table: DescriptorTable) {
  const at = (
    fd: number,
    path: number,
    pathLength: number,
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

  return {
    /** Makes a directory. EEXIST: the name is taken; ENOSPC: over a quota. */
    path_create_directory(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_CREATE_DIRECTORY, "never", (target) => {
        return target.name === undefined
          ? wasi.ERRNO_EXIST
          : target.directory.createDirectory(target.name);
      });
    },

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
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_FILESTAT_GET, follow, (target) => {
        return writeStatus(run, target, pointer);
      });
    },

    /** Sets times as `fd_filestat_set_times` does. EINVAL: both a time and "now" for one of them. */
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
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_FILESTAT_SET_TIMES, follow, (target) => {
        const refusal = checkSlash(target);
        if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
        const access = BigInt.asUintN(64, atim);
        const times = newTimes(access, BigInt.asUintN(64, mtim), flags, run.clock.realtimeNs);
        return target.name === undefined
          ? target.directory.setTimes(times)
          : target.directory.setEntryTimes(target.name, times);
      });
    },

    /**
     * Writes what a symbolic link holds to `buffer`, cut off at `bufferLength` bytes, and the bytes written,
     * u32, to `used`. EINVAL: not a link.
     */
    path_readlink(
      fd: number,
      path: number,
      pathLength: number,
      buffer: number,
      bufferLength: number,
      used: number,
    ): number {
      run.enter();
      const [start, room, pointer] = [buffer >>> 0, bufferLength >>> 0, used >>> 0];
      if (!run.memory.holds(start, room) || !run.memory.holds(pointer, 4)) return wasi.ERRNO_FAULT;
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_READLINK, "slash", (target) => {
        if (target.name === undefined) return wasi.ERRNO_INVAL;
        const link = target.directory.readLink(target.name);
        if (typeof link === "number") return link;
        const bytes = encoder.encode(link).subarray(0, room);
        run.memory.bytes.set(bytes, start);
        run.memory.view.setUint32(pointer, bytes.length, true);
        return wasi.ERRNO_SUCCESS;
      });
    },

    /** Removes an empty directory. ENOTEMPTY, ENOTDIR; EINVAL: the path ends in "." or "..". */
    path_remove_directory(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_REMOVE_DIRECTORY, "never", (target) => {
        return target.name === undefined
          ? wasi.ERRNO_INVAL
          : target.directory.removeDirectory(target.name);
      });
    },

    /**
     * Makes a symbolic link that holds the path `content`. EEXIST: the name is taken; ENOSPC: over a quota;
     * EPERM: `content` is absolute, which could only lead out.
     */
    path_symlink(
      content: number,
      contentLength: number,
      fd: number,
      path: number,
      pathLength: number,
    ): number {
      run.enter();
      const link = readPath(run, content, contentLength);
      if (typeof link === "number") return link;
      if (link === "") return wasi.ERRNO_NOENT;
      if (link.includes("\0")) return wasi.ERRNO_INVAL;
      if (link.startsWith("/")) return wasi.ERRNO_PERM;
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_SYMLINK, "never", (target) => {
        if (target.name === undefined) return wasi.ERRNO_EXIST;
        const refusal = checkNewName(target.directory, target.name, target.isDirectoryWanted);
        return refusal === wasi.ERRNO_SUCCESS
          ? target.directory.createSymlink(target.name, link)
          : refusal;
      });
    },

    /** Removes a file or a link. EISDIR: a directory. */
    path_unlink_file(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at(fd, path, pathLength, wasi.RIGHTS_PATH_UNLINK_FILE, "never", (target) => {
        if (target.name === undefined) return wasi.ERRNO_ISDIR;
        const filetype = target.directory.lookup(target.name);
        if (filetype < 0) return -filetype;
        if (filetype === wasi.FILETYPE_DIRECTORY) return wasi.ERRNO_ISDIR;
        return target.isDirectoryWanted ? wasi.ERRNO_NOTDIR : target.directory.unlink(target.name);
      });
    },
  };
}

/** EEXIST if a name is taken; ENOENT if it ends in a slash, as what is about to be made is no directory. */
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

function writeStatus(run: Run, target: Target, pointer: number): number {
  const refusal = checkSlash(target);
  if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
  const { directory, name } = target;
  const status = name === undefined ? directory.stat() : directory.statEntry(name);
  if (typeof status === "number") return status;
  status.write_bytes(run.memory.view, pointer);
  return wasi.ERRNO_SUCCESS;
}
