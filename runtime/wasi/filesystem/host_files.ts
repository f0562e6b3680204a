import type { OrErrno } from "./handles.ts";

/** What a host file is; times in nanoseconds since 1970. */
export interface HostStat {
  /** One of `FILETYPE_*`. */
  readonly filetype: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** How to open a host file. A final link is never followed, nor is opening ever waited for. */
export interface HostOpenFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  /** Makes the file; EEXIST if there is one. */
  readonly create: boolean;
}

/** A name in a host directory. */
export interface HostEntry {
  readonly name: string;
  readonly filetype: number;
}

/**
 * The host's file calls, injected so that tests can come between them. None throws: each answers a
 * WASI error number, 0 for success; or a value or a WASI error number; or, where the value is a
 * number, that or a negative error number.
 */
export interface HostFiles {
  /** Whether {@linkcode anchor} has an answer. */
  readonly isAnchored: boolean;
  /**
   * The path by which to reach what is in an open directory, wherever that directory is moved and
   * whatever takes its name; undefined where the platform has none.
   */
  anchor(fd: number): string | undefined;
  /**
   * Whether a name is one component of a path here too: on Windows "\\" separates, and ":" names a
   * drive.
   */
  isPlainName(name: string): boolean;
  /** Opens a directory; follows a final link only if told to. Answers a descriptor. */
  openDirectory(path: string, follow: boolean): number;
  /** Opens a file. Answers a descriptor. */
  openFile(path: string, flags: HostOpenFlags): number;
  /**
   * Opens an open file once more, with other flags. ENOTSUP where directories cannot be anchored.
   */
  reopen(fd: number, flags: HostOpenFlags): number;
  close(fd: number): void;
  fstat(fd: number): OrErrno<HostStat>;
  lstat(path: string): OrErrno<HostStat>;
  realpath(path: string): OrErrno<string>;
  readlink(path: string): OrErrno<{ readonly target: string }>;
  readdir(path: string): OrErrno<readonly HostEntry[]>;
  mkdir(path: string): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  symlink(target: string, path: string): number;
  link(path: string, newPath: string): number;
  rename(path: string, newPath: string): number;
  /** Sets times, seconds, of what the path names, also if that is a link. */
  lutimes(path: string, atime: number, mtime: number): number;
  futimes(fd: number, atime: number, mtime: number): number;
  read(fd: number, target: Uint8Array, offset: number): number;
  /** Writes at `offset`, or at the end of a file opened to append. */
  write(fd: number, source: Uint8Array, offset: number): number;
  ftruncate(fd: number, size: number): number;
  fsync(fd: number): number;
  fdatasync(fd: number): number;
}
