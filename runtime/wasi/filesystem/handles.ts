import type { Filestat } from "../filestat.ts";

/** A value, or the error number, which is never 0, of why there is none. */
export type OrErrno<T extends object | string> = T | number;

/** Times to set, nanoseconds since 1970; undefined leaves one as it is. */
export interface NewTimes {
  readonly atim: bigint | undefined;
  readonly mtim: bigint | undefined;
}

/** How to open a file. */
export interface OpenOptions {
  readonly read: boolean;
  readonly write: boolean;
  /** Every write goes to the end. */
  readonly append: boolean;
  readonly truncate: boolean;
  /** Makes the file if there is none. */
  readonly create: boolean;
  /** With `create`: EEXIST if there is one. */
  readonly exclusive: boolean;
  /** Fails rather than waits, where opening may have to wait. @default false */
  readonly nonBlocking?: boolean;
}

/** An entry as a directory lists it. */
export interface ListedEntry {
  readonly name: string;
  /** One of `FILETYPE_*`. */
  readonly filetype: number;
}

/**
 * An open directory of a file system. A `name` is one component of a path: never empty, "." or
 * "..", and without "/". No operation follows a symbolic link, so none can leave the directory;
 * `resolve.ts` does the following, step by step. Operations that answer only a number answer an
 * error number, 0 for success.
 */
export interface DirectoryHandle {
  /** Nothing reached through it may be changed; what would is EROFS. */
  readonly isReadOnly: boolean;
  /** It is outside the run: what is done to it stays done, and may have to wait for a disk. */
  readonly isExternal: boolean;
  /** Type of the entry (`FILETYPE_*`), or a negative error number. */
  lookup(name: string): number;
  stat(): OrErrno<Filestat>;
  statEntry(name: string): OrErrno<Filestat>;
  setTimes(times: NewTimes): number;
  setEntryTimes(name: string, times: NewTimes): number;
  /** Opens a directory: ENOTDIR for anything else. The caller closes it. */
  openDirectory(name: string): OrErrno<DirectoryHandle>;
  /** Opens a regular file: EISDIR for a directory, ELOOP for a link. The caller closes it. */
  openFile(name: string, options: OpenOptions): OrErrno<FileHandle>;
  /** Another handle on the same directory, which is closed on its own. */
  duplicate(): OrErrno<DirectoryHandle>;
  readLink(name: string): OrErrno<string>;
  /** All entries but "." and "..". */
  list(): OrErrno<readonly ListedEntry[]>;
  createDirectory(name: string): number;
  createSymlink(name: string, target: string): number;
  /**
   * Makes `name` in `into` another name of this directory's entry `source`. EXDEV: another file
   * system.
   */
  createLink(source: string, into: DirectoryHandle, name: string): number;
  /** Renames as POSIX has it: replaces a file by a file, an empty directory by a directory. */
  rename(source: string, into: DirectoryHandle, name: string): number;
  removeDirectory(name: string): number;
  unlink(name: string): number;
  close(): void;
}

/** An open file. Counts of bytes are answered as such, or as a negative error number. */
export interface FileHandle {
  stat(): OrErrno<Filestat>;
  /** Size in bytes, or a negative error number. */
  size(): number;
  /** Reads at `offset`, bytes; 0 is end of file. */
  read(target: Uint8Array, offset: number): number;
  /** Writes at `offset`, or at the end of a file opened to append. */
  write(source: Uint8Array, offset: number): number;
  /** Whether writes go to the end from now on. Answers an error number. */
  setAppend(append: boolean): number;
  setSize(size: number): number;
  setTimes(times: NewTimes): number;
  sync(): number;
  dataSync(): number;
  close(): void;
}
