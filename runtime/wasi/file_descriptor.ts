import { wasi } from "@bjorn3/browser_wasi_shim";
import { Descriptor } from "./descriptor.ts";
import type { FileHandle } from "./filesystem/handles.ts";
import type { Filestat } from "./filestat.ts";
import { FILE_RIGHTS } from "./rights.ts";
import { newTimes } from "./times.ts";

/** Largest offset and size: numbers are exact up to here. */
const MAX_OFFSET = Number.MAX_SAFE_INTEGER;

const SETTABLE_FLAGS = wasi.FDFLAGS_APPEND | wasi.FDFLAGS_NONBLOCK;
const SYNC_FLAGS = wasi.FDFLAGS_DSYNC | wasi.FDFLAGS_RSYNC | wasi.FDFLAGS_SYNC;

/** An open file and a position in it. */
export class FileDescriptor extends Descriptor {
  readonly #handle: FileHandle;
  readonly #nowNs: () => bigint;
  #offset = 0;
  /**
   * Set by appending: the position is the end of the file, which is only looked up when it matters.
   */
  #isAtEnd = false;

  /** @param inheriting The rights its directory passes on. */
  constructor(handle: FileHandle, nowNs: () => bigint, flags: number, inheriting: number) {
    super(wasi.FILETYPE_REGULAR_FILE, FILE_RIGHTS & inheriting, FILE_RIGHTS & inheriting);
    this.#handle = handle;
    this.#nowNs = nowNs;
    this.flags = flags;
  }

  override read(target: Uint8Array): number {
    const position = this.#position();
    const count = this.#handle.read(target, position);
    if (count > 0) this.#offset = position + count;
    return count;
  }

  override readAt(target: Uint8Array, offset: number): number {
    return offset > MAX_OFFSET ? 0 : this.#handle.read(target, offset);
  }

  override write(source: Uint8Array): number {
    const isAppended = (this.flags & wasi.FDFLAGS_APPEND) !== 0;
    const position = isAppended ? 0 : this.#position();
    const count = this.writeAt(source, position);
    if (count < 0) return count;
    this.#isAtEnd = isAppended;
    this.#offset = position + count;
    return count;
  }

  override writeAt(source: Uint8Array, offset: number): number {
    if (offset + source.length > MAX_OFFSET) return -wasi.ERRNO_FBIG;
    const count = this.#handle.write(source, offset);
    if (count < 0 || (this.flags & SYNC_FLAGS) === 0) return count;
    const errno = (this.flags & wasi.FDFLAGS_SYNC) !== 0
      ? this.#handle.sync()
      : this.#handle.dataSync();
    return errno === wasi.ERRNO_SUCCESS ? count : -errno;
  }

  override readableBytes(): number {
    if (!this.allows(wasi.RIGHTS_FD_READ)) return -wasi.ERRNO_BADF;
    const size = this.#handle.size();
    return size < 0 ? size : Math.max(0, size - this.#position());
  }

  override writableBytes(): number {
    return this.allows(wasi.RIGHTS_FD_WRITE) ? 1 : -wasi.ERRNO_BADF;
  }

  override fd_seek(offset: bigint, whence: number): { ret: number; offset: bigint } {
    if (!this.allows(wasi.RIGHTS_FD_SEEK)) return { ret: wasi.ERRNO_NOTCAPABLE, offset: 0n };
    const from = this.#seekBase(whence);
    if (from < 0) return { ret: -from, offset: 0n };
    const position = BigInt(from) + offset;
    if (position < 0n || position > BigInt(MAX_OFFSET)) {
      return { ret: wasi.ERRNO_INVAL, offset: 0n };
    }
    this.#isAtEnd = false;
    this.#offset = Number(position);
    return { ret: wasi.ERRNO_SUCCESS, offset: position };
  }

  override fd_tell(): { ret: number; offset: bigint } {
    if (!this.allows(wasi.RIGHTS_FD_TELL)) return { ret: wasi.ERRNO_NOTCAPABLE, offset: 0n };
    return { ret: wasi.ERRNO_SUCCESS, offset: BigInt(this.#position()) };
  }

  override fd_advise(): number {
    return this.#need(wasi.RIGHTS_FD_ADVISE);
  }

  override fd_allocate(offset: bigint, length: bigint): number {
    const refusal = this.#need(wasi.RIGHTS_FD_ALLOCATE | wasi.RIGHTS_FD_WRITE);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    if (length === 0n) return wasi.ERRNO_INVAL;
    const end = offset + length;
    if (end > BigInt(MAX_OFFSET)) return wasi.ERRNO_FBIG;
    const size = this.#handle.size();
    if (size < 0) return -size;
    return Number(end) <= size ? wasi.ERRNO_SUCCESS : this.#handle.setSize(Number(end));
  }

  override fd_close(): number {
    this.#handle.close();
    return wasi.ERRNO_SUCCESS;
  }

  override fd_datasync(): number {
    const refusal = this.#need(wasi.RIGHTS_FD_DATASYNC);
    return refusal === wasi.ERRNO_SUCCESS ? this.#handle.dataSync() : refusal;
  }

  override fd_sync(): number {
    const refusal = this.#need(wasi.RIGHTS_FD_SYNC);
    return refusal === wasi.ERRNO_SUCCESS ? this.#handle.sync() : refusal;
  }

  override fd_fdstat_set_flags(flags: number): number {
    const refusal = this.#need(wasi.RIGHTS_FD_FDSTAT_SET_FLAGS);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    if ((flags & SYNC_FLAGS) !== 0) return wasi.ERRNO_INVAL;
    const errno = this.#handle.setAppend((flags & wasi.FDFLAGS_APPEND) !== 0);
    if (errno === wasi.ERRNO_SUCCESS) this.flags = this.flags & ~SETTABLE_FLAGS | flags;
    return errno;
  }

  override fd_filestat_get(): { ret: number; filestat: Filestat | null } {
    const filestat = this.#handle.stat();
    if (typeof filestat === "number") return { ret: filestat, filestat: null };
    return { ret: wasi.ERRNO_SUCCESS, filestat };
  }

  override fd_filestat_set_size(size: bigint): number {
    const refusal = this.#need(wasi.RIGHTS_FD_FILESTAT_SET_SIZE);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    if (!this.allows(wasi.RIGHTS_FD_WRITE)) return wasi.ERRNO_INVAL;
    return size > BigInt(MAX_OFFSET) ? wasi.ERRNO_FBIG : this.#handle.setSize(Number(size));
  }

  override fd_filestat_set_times(atim: bigint, mtim: bigint, flags: number): number {
    const refusal = this.#need(wasi.RIGHTS_FD_FILESTAT_SET_TIMES);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    return this.#handle.setTimes(newTimes(atim, mtim, flags, this.#nowNs));
  }

  #position(): number {
    if (this.#isAtEnd) {
      this.#isAtEnd = false;
      this.#offset = Math.max(0, this.#handle.size());
    }
    return this.#offset;
  }

  #need(rights: number): number {
    return this.allows(rights) ? wasi.ERRNO_SUCCESS : wasi.ERRNO_NOTCAPABLE;
  }

  /** Where `whence` counts from, or a negative error number. */
  #seekBase(whence: number): number {
    switch (whence) {
      case wasi.WHENCE_SET:
        return 0;
      case wasi.WHENCE_CUR:
        return this.#position();
      case wasi.WHENCE_END:
        return this.#handle.size();
      default:
        return -wasi.ERRNO_INVAL;
    }
  }
}
