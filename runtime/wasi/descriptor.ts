import { Fd, wasi } from "@bjorn3/browser_wasi_shim";

/** Every `FDFLAGS_*` bit. */
export const ALL_FDFLAGS = wasi.FDFLAGS_APPEND | wasi.FDFLAGS_DSYNC | wasi.FDFLAGS_NONBLOCK |
  wasi.FDFLAGS_RSYNC | wasi.FDFLAGS_SYNC;

/** A value, or the error number of why there is none, in the shim's form. */
type Offset = ReturnType<Fd["fd_seek"]>;

/**
 * What a file descriptor names. On the shim's `Fd`, with its results for calls that are rare;
 * reading and writing go through the four methods below, which copy straight from and to guest
 * memory and allocate nothing. They answer a count of bytes, or a negative error number.
 *
 * What a kind of descriptor does not override, it answers as Wasmtime does: EBADF.
 */
export abstract class Descriptor extends Fd {
  /** One of `FILETYPE_*`. */
  readonly filetype: number;
  /** `FDFLAGS_*` bits. */
  flags = 0;
  /** `RIGHTS_*` bits that operations on this descriptor need. */
  rightsBase: number;
  /** `RIGHTS_*` bits that descriptors opened through this one may have. */
  rightsInheriting: number;
  readonly #initialBase: number;
  readonly #initialInheriting: number;

  constructor(filetype: number, rightsBase: number, rightsInheriting: number) {
    super();
    this.filetype = filetype;
    this.rightsBase = this.#initialBase = rightsBase;
    this.rightsInheriting = this.#initialInheriting = rightsInheriting;
  }

  /** Makes a descriptor that every run begins with what it was. */
  reset(): void {
    this.flags = 0;
    this.rightsBase = this.#initialBase;
    this.rightsInheriting = this.#initialInheriting;
  }

  /** Whether it has all of these `RIGHTS_*` bits. */
  allows(rights: number): boolean {
    return (this.rightsBase & rights) === rights;
  }

  /** Reads at the position and moves it; 0 is end of file. */
  read(_target: Uint8Array): number {
    return -wasi.ERRNO_BADF;
  }

  /** Writes at the position and moves it. */
  write(_source: Uint8Array): number {
    return -wasi.ERRNO_BADF;
  }

  /** Reads at `offset`, leaving the position alone. */
  readAt(_target: Uint8Array, _offset: number): number {
    return -wasi.ERRNO_BADF;
  }

  /** Writes at `offset`, leaving the position alone. */
  writeAt(_source: Uint8Array, _offset: number): number {
    return -wasi.ERRNO_BADF;
  }

  /** Bytes that can be read now, 1 if that is not known, 0 at the end of the file. */
  readableBytes(): number {
    return -wasi.ERRNO_BADF;
  }

  /** Bytes that can be written now, 1 if that is not known. */
  writableBytes(): number {
    return -wasi.ERRNO_BADF;
  }

  fd_advise(_offset: bigint, _length: bigint, _advice: number): number {
    return wasi.ERRNO_BADF;
  }

  fd_datasync(): number {
    return wasi.ERRNO_BADF;
  }

  override fd_allocate(_offset: bigint, _length: bigint): number {
    return wasi.ERRNO_BADF;
  }

  override fd_fdstat_set_flags(_flags: number): number {
    return wasi.ERRNO_BADF;
  }

  override fd_filestat_set_size(_size: bigint): number {
    return wasi.ERRNO_BADF;
  }

  override fd_filestat_set_times(_atim: bigint, _mtim: bigint, _flags: number): number {
    return wasi.ERRNO_BADF;
  }

  override fd_seek(_offset: bigint, _whence: number): Offset {
    return { ret: wasi.ERRNO_BADF, offset: 0n };
  }

  override fd_tell(): Offset {
    return { ret: wasi.ERRNO_BADF, offset: 0n };
  }

  override fd_sync(): number {
    return wasi.ERRNO_BADF;
  }

  override fd_prestat_get(): ReturnType<Fd["fd_prestat_get"]> {
    return { ret: wasi.ERRNO_BADF, prestat: null };
  }
}
