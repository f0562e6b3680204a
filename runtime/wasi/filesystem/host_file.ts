import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../filestat.ts";
import type { FileHandle, NewTimes, OpenOptions, OrErrno } from "./handles.ts";
import type { HostResources } from "./host_resources.ts";
import type { HostOpenFlags, HostStat } from "./host_files.ts";
import { isSameFile, toFilestat } from "./host_stat.ts";

/**
 * How often opening is tried again when someone else makes, removes or replaces the file meanwhile.
 */
const MAX_ATTEMPTS = 4;

/** An open file of the host. */
export class HostFile implements FileHandle {
  readonly #resources: HostResources;
  /** By what it was opened; something else may be there by now. */
  readonly #path: string;
  readonly #flags: HostOpenFlags;
  #fd: number;
  #appends: boolean;
  /** Whether the host itself moves every write to the end; if not, `write` does. */
  #isAppendNative: boolean;

  private constructor(resources: HostResources, path: string, fd: number, flags: HostOpenFlags) {
    this.#resources = resources;
    this.#path = path;
    this.#fd = fd;
    this.#flags = flags;
    this.#appends = this.#isAppendNative = flags.append;
  }

  /** Opens, and with `create` makes, the regular file that `path` names. */
  static open(resources: HostResources, path: string, options: OpenOptions): OrErrno<HostFile> {
    let result: OrErrno<HostFile> = wasi.ERRNO_AGAIN;
    for (let i = 0; i < MAX_ATTEMPTS && result === wasi.ERRNO_AGAIN; i++) {
      const found = resources.files.lstat(path);
      result = found === wasi.ERRNO_NOENT && options.create
        ? HostFile.#make(resources, path, options)
        : HostFile.#openFound(resources, path, found, options);
    }
    return result;
  }

  /** Makes a file. EAGAIN: there is one by now. */
  static #make(resources: HostResources, path: string, options: OpenOptions): OrErrno<HostFile> {
    if (!resources.quota.chargeEntry()) return wasi.ERRNO_NOSPC;
    const flags = { ...options, create: true };
    const fd = resources.files.openFile(path, flags);
    if (fd >= 0) return new HostFile(resources, path, fd, flags);
    resources.quota.refundEntry();
    return fd === -wasi.ERRNO_EXIST && !options.exclusive ? wasi.ERRNO_AGAIN : -fd;
  }

  /**
   * Opens what was found. Nothing is cut off before it is known to be that: a platform without
   * anchors may follow a link in spite of O_NOFOLLOW, as Deno does without `--allow-all`. EAGAIN:
   * it is another file.
   */
  static #openFound(
    resources: HostResources,
    path: string,
    found: OrErrno<HostStat>,
    options: OpenOptions,
  ): OrErrno<HostFile> {
    if (typeof found === "number") return found;
    if (options.create && options.exclusive) return wasi.ERRNO_EXIST;
    const refusal = checkType(found);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    const write = options.write || options.truncate;
    const flags = { ...options, write, create: false };
    const fd = resources.files.openFile(path, flags);
    if (fd < 0) return fd === -wasi.ERRNO_NOENT && options.create ? wasi.ERRNO_AGAIN : -fd;
    const errno = checkOpened(resources, fd, found) ||
      (options.truncate ? resources.files.ftruncate(fd, 0) : wasi.ERRNO_SUCCESS);
    if (errno === wasi.ERRNO_SUCCESS) return new HostFile(resources, path, fd, flags);
    resources.files.close(fd);
    return errno;
  }

  stat(): OrErrno<Filestat> {
    const status = this.#resources.files.fstat(this.#fd);
    return typeof status === "number" ? status : toFilestat(this.#resources.times.correct(status));
  }

  size(): number {
    const status = this.#resources.files.fstat(this.#fd);
    return typeof status === "number" ? -status : Number(status.size);
  }

  read(target: Uint8Array, offset: number): number {
    return this.#resources.files.read(this.#fd, target, offset);
  }

  write(source: Uint8Array, offset: number): number {
    const { files, quota } = this.#resources;
    const at = this.#appends && !this.#isAppendNative ? this.size() : offset;
    if (at < 0) return at;
    const granted = quota.charge(source.length);
    if (granted === 0 && source.length > 0) return -wasi.ERRNO_NOSPC;
    const written = files.write(this.#fd, source.subarray(0, granted), at);
    quota.refund(granted - Math.max(0, written));
    return written;
  }

  /**
   * Opens the file again, so that appending is the host's and no other writer's bytes are lost; or,
   * where that cannot be, moves writes to the end itself. ENOTSUP: the host appends and cannot be
   * stopped.
   */
  setAppend(append: boolean): number {
    if (append === this.#appends) return wasi.ERRNO_SUCCESS;
    const fd = this.#reopen({ ...this.#flags, append, create: false });
    if (fd >= 0) {
      this.#resources.files.close(this.#fd);
      this.#fd = fd;
      this.#isAppendNative = append;
    } else if (this.#isAppendNative) return wasi.ERRNO_NOTSUP;
    this.#appends = append;
    return wasi.ERRNO_SUCCESS;
  }

  setSize(size: number): number {
    const before = this.size();
    if (before < 0) return -before;
    const growth = Math.max(0, size - before);
    const granted = this.#resources.quota.charge(growth);
    const errno = granted < growth
      ? wasi.ERRNO_NOSPC
      : this.#resources.files.ftruncate(this.#fd, size);
    if (errno !== wasi.ERRNO_SUCCESS) this.#resources.quota.refund(granted);
    return errno;
  }

  setTimes(times: NewTimes): number {
    const { files } = this.#resources;
    return this.#resources.times.apply(
      () => files.fstat(this.#fd),
      times,
      (atime, mtime) => files.futimes(this.#fd, atime, mtime),
    );
  }

  sync(): number {
    return this.#resources.files.fsync(this.#fd);
  }

  dataSync(): number {
    return this.#resources.files.fdatasync(this.#fd);
  }

  close(): void {
    this.#resources.files.close(this.#fd);
  }

  /** Opens the file once more: by its descriptor, or by its path if it is still there. */
  #reopen(flags: HostOpenFlags): number {
    const { files } = this.#resources;
    const again = files.reopen(this.#fd, flags);
    if (again >= 0) return again;
    const fd = files.openFile(this.#path, flags);
    if (fd < 0) return fd;
    const [mine, found] = [files.fstat(this.#fd), files.fstat(fd)];
    if (typeof mine !== "number" && typeof found !== "number" && isSameFile(mine, found)) return fd;
    files.close(fd);
    return -wasi.ERRNO_NOTSUP;
  }
}

/** Success for a regular file. Devices, pipes and sockets are no files to a module: EACCES. */
function checkType({ filetype }: HostStat): number {
  switch (filetype) {
    case wasi.FILETYPE_REGULAR_FILE:
      return wasi.ERRNO_SUCCESS;
    case wasi.FILETYPE_DIRECTORY:
      return wasi.ERRNO_ISDIR;
    case wasi.FILETYPE_SYMBOLIC_LINK:
      return wasi.ERRNO_LOOP;
    default:
      return wasi.ERRNO_ACCES;
  }
}

/** Success if what was opened is a regular file and, without anchors, the one that was found. */
function checkOpened(resources: HostResources, fd: number, found: HostStat): number {
  const opened = resources.files.fstat(fd);
  if (typeof opened === "number") return opened;
  const isCertain = resources.files.anchor(fd) !== undefined || isSameFile(opened, found);
  return isCertain ? checkType(opened) : wasi.ERRNO_AGAIN;
}
