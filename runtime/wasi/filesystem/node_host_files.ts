import { wasi } from "@bjorn3/browser_wasi_shim";
import * as fs from "node:fs";
import { sep } from "node:path";
import type { OrErrno } from "./handles.ts";
import { errnoOf } from "./host_errno.ts";
import type { HostEntry, HostFiles, HostOpenFlags, HostStat } from "./host_files.ts";

const {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} = fs.constants;

/** Where Linux shows a process its open descriptors as magic links. */
const DESCRIPTORS = "/proc/self/fd";

/**
 * The real file system, by the synchronous calls that Deno and Node share.
 *
 * Directories are anchored on Linux if `/proc` may be read: on Deno that takes `--allow-all`.
 *
 * @example
 * ```ts
 * import { nodeHostFiles } from "./node_host_files.ts";
 *
 * const files = nodeHostFiles();
 * const fd = files.openDirectory(".", true);
 * if (fd >= 0) files.close(fd);
 * ```
 */
export function nodeHostFiles(): HostFiles {
  const isAnchored = canAnchor();
  return {
    isAnchored,
    anchor: (fd) => isAnchored ? `${DESCRIPTORS}/${fd}` : undefined,
    isPlainName: (name) => sep === "/" || !/[\\:]/.test(name),
    openDirectory: (path, follow) => {
      return count(() => fs.openSync(path, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW)));
    },
    openFile: (path, flags) => count(() => fs.openSync(path, openFlags(flags), 0o666)),
    reopen: (fd, flags) => {
      if (!isAnchored) return -wasi.ERRNO_NOTSUP;
      return count(() => fs.openSync(`${DESCRIPTORS}/${fd}`, openFlags(flags) & ~O_NOFOLLOW));
    },
    close: (fd) => void attempt(() => fs.closeSync(fd)),
    fstat: (fd) => value(() => hostStat(fs.fstatSync(fd, { bigint: true }))),
    lstat: (path) => {
      // Asking not to throw saves a third of the cost of a missing file.
      const options = { bigint: true, throwIfNoEntry: false } as const;
      return value(() => {
        const stats = fs.lstatSync(path, options);
        return stats === undefined ? wasi.ERRNO_NOENT : hostStat(stats);
      });
    },
    realpath: (path) => value(() => fs.realpathSync(path)),
    readlink: (path) => value(() => ({ target: fs.readlinkSync(path) })),
    readdir: (path) => value(() => fs.readdirSync(path, { withFileTypes: true }).map(hostEntry)),
    mkdir: (path) => attempt(() => fs.mkdirSync(path)),
    rmdir: (path) => attempt(() => fs.rmdirSync(path)),
    unlink: (path) => attempt(() => fs.unlinkSync(path)),
    symlink: (target, path) => attempt(() => fs.symlinkSync(target, path)),
    link: (path, newPath) => attempt(() => fs.linkSync(path, newPath)),
    rename: (path, newPath) => attempt(() => fs.renameSync(path, newPath)),
    lutimes: (path, atime, mtime) => attempt(() => fs.lutimesSync(path, atime, mtime)),
    futimes: (fd, atime, mtime) => attempt(() => fs.futimesSync(fd, atime, mtime)),
    read: (fd, target, offset) => count(() => fs.readSync(fd, target, 0, target.length, offset)),
    write: (fd, source, offset) => count(() => fs.writeSync(fd, source, 0, source.length, offset)),
    ftruncate: (fd, size) => attempt(() => fs.ftruncateSync(fd, size)),
    fsync: (fd) => attempt(() => fs.fsyncSync(fd)),
    fdatasync: (fd) => attempt(() => fs.fdatasyncSync(fd)),
  };
}

/** Whether what is in a directory can be reached through its descriptor. */
function canAnchor(): boolean {
  try {
    const fd = fs.openSync("/", O_RDONLY | O_DIRECTORY);
    try {
      return fs.lstatSync(`${DESCRIPTORS}/${fd}/.`).isDirectory();
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return false;
  }
}

function openFlags({ read, write, append, create }: HostOpenFlags): number {
  const access = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
  return access | O_NOFOLLOW | O_NONBLOCK | (append ? O_APPEND : 0) |
    (create ? O_CREAT | O_EXCL : 0);
}

/** A call without a result. */
function attempt(call: () => void): number {
  try {
    call();
    return wasi.ERRNO_SUCCESS;
  } catch (thrown) {
    return errnoOf(thrown);
  }
}

/** A call whose result is a number. */
function count(call: () => number): number {
  try {
    return call();
  } catch (thrown) {
    return -errnoOf(thrown);
  }
}

/** A call whose result is no number. */
function value<T extends object | string>(call: () => OrErrno<T>): OrErrno<T> {
  try {
    return call();
  } catch (thrown) {
    return errnoOf(thrown);
  }
}

function hostStat(stats: fs.BigIntStats): HostStat {
  return {
    filetype: filetypeOf(stats),
    dev: BigInt.asUintN(64, stats.dev),
    ino: BigInt.asUintN(64, stats.ino),
    nlink: stats.nlink,
    size: stats.size,
    atimeNs: stats.atimeNs,
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
  };
}

function hostEntry(entry: fs.Dirent): HostEntry {
  return { name: entry.name, filetype: filetypeOf(entry) };
}

function filetypeOf(of: fs.BigIntStats | fs.Dirent): number {
  if (of.isFile()) return wasi.FILETYPE_REGULAR_FILE;
  if (of.isDirectory()) return wasi.FILETYPE_DIRECTORY;
  if (of.isSymbolicLink()) return wasi.FILETYPE_SYMBOLIC_LINK;
  if (of.isCharacterDevice()) return wasi.FILETYPE_CHARACTER_DEVICE;
  if (of.isBlockDevice()) return wasi.FILETYPE_BLOCK_DEVICE;
  return of.isSocket() ? wasi.FILETYPE_SOCKET_STREAM : wasi.FILETYPE_UNKNOWN;
}
