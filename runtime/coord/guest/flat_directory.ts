import { wasi } from "@bjorn3/browser_wasi_shim";
import { Filestat } from "../../wasi/filestat.ts";
import type {
  DirectoryHandle,
  FileHandle,
  ListedEntry,
  OpenOptions,
  OrErrno,
} from "../../wasi/filesystem/handles.ts";

/** A directory of files only, none of which can be made, moved or removed through it. */
export abstract class FlatDirectory implements DirectoryHandle {
  abstract readonly isReadOnly: boolean;
  readonly isExternal = true;

  /** Bytes of a file, or a negative error number. */
  abstract sizeOf(name: string): number;
  abstract openFile(name: string, options: OpenOptions): OrErrno<FileHandle>;
  abstract list(): OrErrno<readonly ListedEntry[]>;

  lookup(name: string): number {
    const size = this.sizeOf(name);
    return size < 0 ? size : wasi.FILETYPE_REGULAR_FILE;
  }

  stat(): OrErrno<Filestat> {
    return statOf(wasi.FILETYPE_DIRECTORY, 0);
  }

  statEntry(name: string): OrErrno<Filestat> {
    const size = this.sizeOf(name);
    return size < 0 ? -size : statOf(wasi.FILETYPE_REGULAR_FILE, size);
  }

  openDirectory(name: string): OrErrno<DirectoryHandle> {
    const size = this.sizeOf(name);
    return size < 0 ? -size : wasi.ERRNO_NOTDIR;
  }

  duplicate(): OrErrno<DirectoryHandle> {
    return this;
  }

  readLink(): OrErrno<string> {
    return wasi.ERRNO_INVAL;
  }

  setTimes(): number {
    return wasi.ERRNO_PERM;
  }

  setEntryTimes(): number {
    return wasi.ERRNO_PERM;
  }

  createDirectory(): number {
    return wasi.ERRNO_PERM;
  }

  createSymlink(): number {
    return wasi.ERRNO_PERM;
  }

  createLink(): number {
    return wasi.ERRNO_PERM;
  }

  rename(): number {
    return wasi.ERRNO_PERM;
  }

  removeDirectory(): number {
    return wasi.ERRNO_PERM;
  }

  unlink(): number {
    return wasi.ERRNO_PERM;
  }

  close(): void {}
}

/** What there is to tell of a file that lies in no file system. */
export function statOf(filetype: number, size: number): Filestat {
  const filestat = new Filestat(0n, filetype, BigInt(size));
  filestat.nlink = 1n;
  return filestat;
}
