import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../filestat.ts";
import type {
  DirectoryHandle,
  FileHandle,
  ListedEntry,
  NewTimes,
  OpenOptions,
  OrErrno,
} from "./handles.ts";
import { HostFile } from "./host_file.ts";
import type { HostResources } from "./host_resources.ts";
import type { HostStat } from "./host_files.ts";
import { isSameFile, toFilestat } from "./host_stat.ts";

/** A directory on the host: the path it was found by, and its descriptor. */
interface Location {
  readonly path: string;
  /** Undefined for the root of a mount that is not open yet. */
  readonly fd: number | undefined;
}

/** An open directory of the host. */
export class HostDirectory implements DirectoryHandle {
  readonly isReadOnly = false;
  readonly isExternal = true;
  readonly #resources: HostResources;
  /** The root's own path, under which it is opened when first used. */
  readonly #rootPath: string | undefined;
  #path: string;
  #fd: number | undefined;
  #identity: HostStat | undefined;

  constructor(resources: HostResources, location: Location) {
    this.#resources = resources;
    this.#path = location.path;
    this.#fd = location.fd;
    this.#rootPath = location.fd === undefined ? location.path : undefined;
  }

  lookup(name: string): number {
    const status = this.#lstat(name);
    return typeof status === "number" ? -status : status.filetype;
  }

  stat(): OrErrno<Filestat> {
    const fd = this.#open();
    if (fd < 0) return -fd;
    const status = this.#resources.files.fstat(fd);
    return typeof status === "number" ? status : toFilestat(this.#resources.times.correct(status));
  }

  statEntry(name: string): OrErrno<Filestat> {
    const status = this.#lstat(name);
    return typeof status === "number" ? status : toFilestat(this.#resources.times.correct(status));
  }

  setTimes(times: NewTimes): number {
    const { files } = this.#resources;
    const fd = this.#open();
    if (fd < 0) return -fd;
    return this.#resources.times.apply(
      () => files.fstat(fd),
      times,
      (atime, mtime) => files.futimes(fd, atime, mtime),
    );
  }

  setEntryTimes(name: string, times: NewTimes): number {
    return this.#at(name, (path) => {
      return this.#resources.times.apply(
        () => this.#resources.files.lstat(path),
        times,
        (atime, mtime) => this.#resources.files.lutimes(path, atime, mtime),
      );
    });
  }

  openDirectory(name: string): OrErrno<DirectoryHandle> {
    return this.#at(name, (path) => {
      const expected = this.#resources.files.lstat(path);
      if (typeof expected === "number") return expected;
      if (expected.filetype !== wasi.FILETYPE_DIRECTORY) return wasi.ERRNO_NOTDIR;
      const fd = this.#resources.files.openDirectory(path, false);
      return fd < 0 ? -fd : this.#adopt(fd, `${this.#path}/${name}`, expected);
    });
  }

  openFile(name: string, options: OpenOptions): OrErrno<FileHandle> {
    const file = this.#at(name, (path) => HostFile.open(this.#resources, path, options));
    if (typeof file === "number" || this.#resources.files.isAnchored) return file;
    // The path may have led elsewhere meanwhile: it must lead here still.
    const path = this.#reach();
    if (typeof path !== "number") return file;
    file.close();
    return path;
  }

  duplicate(): OrErrno<DirectoryHandle> {
    const fd = this.#open();
    if (fd < 0) return -fd;
    const { files } = this.#resources;
    const expected = files.fstat(fd);
    if (typeof expected === "number") return expected;
    const copy = files.openDirectory(files.anchor(fd) ?? this.#path, true);
    return copy < 0 ? -copy : this.#adopt(copy, this.#path, expected);
  }

  readLink(name: string): OrErrno<string> {
    const link = this.#at(name, (path) => this.#resources.files.readlink(path));
    return typeof link === "number" ? link : link.target;
  }

  list(): OrErrno<readonly ListedEntry[]> {
    const path = this.#reach();
    return typeof path === "number" ? path : this.#resources.files.readdir(path);
  }

  createDirectory(name: string): number {
    return this.#make(name, (path) => this.#resources.files.mkdir(path));
  }

  createSymlink(name: string, target: string): number {
    return this.#make(name, (path) => this.#resources.files.symlink(target, path));
  }

  createLink(source: string, into: DirectoryHandle, name: string): number {
    if (!(into instanceof HostDirectory)) return wasi.ERRNO_XDEV;
    const { files } = this.#resources;
    return this.#at(source, (from) => {
      const expected = files.lstat(from);
      if (typeof expected === "number") return expected;
      return into.#make(name, (path) => {
        const errno = files.link(from, path);
        if (errno !== wasi.ERRNO_SUCCESS) return errno;
        // Some platforms follow a link here, which could have led out.
        const made = asStat(files.lstat(path));
        if (made !== undefined && isSameFile(made, expected)) return wasi.ERRNO_SUCCESS;
        return files.unlink(path) || wasi.ERRNO_PERM;
      });
    });
  }

  rename(source: string, into: DirectoryHandle, name: string): number {
    if (!(into instanceof HostDirectory)) return wasi.ERRNO_XDEV;
    return this.#at(source, (from) => {
      return into.#at(name, (path) => this.#resources.files.rename(from, path));
    });
  }

  removeDirectory(name: string): number {
    return this.#at(name, (path) => this.#resources.files.rmdir(path));
  }

  unlink(name: string): number {
    return this.#at(name, (path) => this.#resources.files.unlink(path));
  }

  close(): void {
    if (this.#fd !== undefined) this.#resources.files.close(this.#fd);
    this.#fd = undefined;
    this.#identity = undefined;
  }

  /** Takes an opened directory if it is the one that was looked at before, else closes it. */
  #adopt(fd: number, path: string, expected: HostStat): OrErrno<HostDirectory> {
    const opened = this.#resources.files.fstat(fd);
    if (typeof opened !== "number" && isSameFile(opened, expected)) {
      return new HostDirectory(this.#resources, { path, fd });
    }
    this.#resources.files.close(fd);
    return wasi.ERRNO_NOENT;
  }

  #lstat(name: string): OrErrno<HostStat> {
    return this.#at(name, (path) => this.#resources.files.lstat(path));
  }

  /** Makes an entry, which the quota must have room for. */
  #make(name: string, make: (path: string) => number): number {
    return this.#at(name, (path) => {
      if (!this.#resources.quota.chargeEntry()) return wasi.ERRNO_NOSPC;
      const errno = make(path);
      if (errno !== wasi.ERRNO_SUCCESS) this.#resources.quota.refundEntry();
      return errno;
    });
  }

  /** Calls `use` with a path by which to reach an entry. */
  #at<T>(name: string, use: (path: string) => T): T | number {
    if (!this.#resources.files.isPlainName(name)) return wasi.ERRNO_NOENT;
    const path = this.#reach();
    return typeof path === "number" ? path : use(`${path}/${name}`);
  }

  /** A path by which to reach this directory. */
  #reach(): OrErrno<string> {
    const fd = this.#open();
    if (fd < 0) return -fd;
    const anchor = this.#resources.files.anchor(fd);
    if (anchor !== undefined) return anchor;
    // Without an anchor something else may have taken the path: make sure at least just before each
    // use.
    this.#identity ??= asStat(this.#resources.files.fstat(fd));
    const now = asStat(this.#resources.files.lstat(this.#path));
    const isThere = this.#identity !== undefined && now !== undefined &&
      isSameFile(this.#identity, now);
    return isThere ? this.#path : wasi.ERRNO_NOENT;
  }

  /** The descriptor, or a negative error number. */
  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    if (this.#rootPath === undefined) return -wasi.ERRNO_BADF;
    const path = this.#resources.files.realpath(this.#rootPath);
    if (typeof path === "number") return -path;
    const fd = this.#resources.files.openDirectory(path, true);
    if (fd < 0) return fd;
    this.#path = path;
    return this.#fd = fd;
  }
}

function asStat(status: OrErrno<HostStat>): HostStat | undefined {
  return typeof status === "number" ? undefined : status;
}
