import { wasi } from "@bjorn3/browser_wasi_shim";
import { Descriptor } from "./descriptor.ts";
import type { DirectoryHandle, ListedEntry, OrErrno } from "./filesystem/handles.ts";
import { Filestat } from "./filestat.ts";
import { DIRECTORY_RIGHTS, FILE_RIGHTS, READ_ONLY_RIGHTS } from "./rights.ts";
import type { Run } from "./run.ts";
import { newTimes } from "./times.ts";

/** Entries listed for the price of one host call. */
const LISTED_PER_UNIT = 64;

/** Rights a file system's descriptors can have at all. */
function possibleRights(handle: DirectoryHandle, rights: number): number {
  return handle.isReadOnly ? rights & READ_ONLY_RIGHTS : rights;
}

/** An open directory. */
export class DirectoryDescriptor extends Descriptor {
  readonly #handle: DirectoryHandle;
  readonly #run: Run;
  /**
   * What the directory held when it was last read from its beginning: cookies are indices into it.
   */
  #listing: readonly ListedEntry[] | undefined;

  /** @param inheriting The rights its parent passes on. */
  constructor(handle: DirectoryHandle, run: Run, inheriting: number) {
    const passedOn = possibleRights(handle, (DIRECTORY_RIGHTS | FILE_RIGHTS) & inheriting);
    super(wasi.FILETYPE_DIRECTORY, passedOn & DIRECTORY_RIGHTS, passedOn);
    this.#handle = handle;
    this.#run = run;
  }

  /** What it is open on. Ends a run on the fast path if that is outside the run. */
  get handle(): DirectoryHandle {
    if (this.#handle.isExternal) this.#run.leaveFastPath();
    return this.#handle;
  }

  override reset(): void {
    super.reset();
    this.#listing = undefined;
  }

  /** Success, EROFS if nothing may be changed here, or ENOTCAPABLE if a right was given up. */
  need(rights: number): number {
    if (this.allows(rights)) return wasi.ERRNO_SUCCESS;
    const isChange = (rights & READ_ONLY_RIGHTS) !== rights;
    return isChange && this.#handle.isReadOnly ? wasi.ERRNO_ROFS : wasi.ERRNO_NOTCAPABLE;
  }

  /**
   * Entries from `cookie` on: a fresh look at the directory for 0, else as of the last such look.
   */
  entriesFrom(cookie: bigint): OrErrno<readonly ListedEntry[]> {
    if (cookie === 0n || this.#listing === undefined) {
      const listing = this.handle.list();
      if (typeof listing === "number") return listing;
      this.#run.spend(Math.ceil(listing.length / LISTED_PER_UNIT));
      this.#listing = listing;
    }
    return this.#listing;
  }

  override fd_close(): number {
    this.#handle.close();
    return wasi.ERRNO_SUCCESS;
  }

  override fd_filestat_get(): { ret: number; filestat: Filestat | null } {
    const filestat = this.handle.stat();
    if (typeof filestat === "number") return { ret: filestat, filestat: null };
    return { ret: wasi.ERRNO_SUCCESS, filestat };
  }

  override fd_filestat_set_times(atim: bigint, mtim: bigint, flags: number): number {
    const refusal = this.need(wasi.RIGHTS_FD_FILESTAT_SET_TIMES);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    return this.handle.setTimes(newTimes(atim, mtim, flags, this.#run.clock.realtimeNs));
  }
}

/** A directory every run begins with, under a name the module is told. */
export class PreopenDescriptor extends DirectoryDescriptor {
  readonly #guestPath: string;

  constructor(handle: DirectoryHandle, run: Run, guestPath: string) {
    super(handle, run, DIRECTORY_RIGHTS | FILE_RIGHTS);
    this.#guestPath = guestPath;
  }

  /** The file system it belongs to outlives runs and is closed by its owner. */
  override fd_close(): number {
    return wasi.ERRNO_SUCCESS;
  }

  override fd_prestat_get(): { ret: number; prestat: wasi.Prestat } {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(this.#guestPath) };
  }
}
