import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../../wasi/filestat.ts";
import type {
  FileHandle,
  ListedEntry,
  OpenOptions,
  OrErrno,
} from "../../wasi/filesystem/handles.ts";
import { isName } from "../names.ts";
import type { CoordCaller } from "./coord_caller.ts";
import { isGranted } from "./coord_grant.ts";
import { FlatDirectory, statOf } from "./flat_directory.ts";

/**
 * Locks as files: opening one acquires it, closing it releases it, and in it stands the token. EACCES: not granted to this
 * function; EDEADLK: the run holds the lock already; EAGAIN: opened without waiting, and held by another; ENOLCK: too many
 * locks or sessions; EINTR: the server stops.
 */
export class LockDirectory extends FlatDirectory {
  readonly isReadOnly = true;
  readonly #caller: CoordCaller;
  readonly #granted: readonly string[];
  readonly #open = new Set<string>();

  constructor(caller: CoordCaller, granted: readonly string[]) {
    super();
    this.#caller = caller;
    this.#granted = granted;
  }

  /** Every lock there may be is there, as a file whose content is not known before it is opened. */
  sizeOf(name: string): number {
    return isName(name) && isGranted(this.#granted, name) ? 0 : -wasi.ERRNO_ACCES;
  }

  openFile(name: string, options: OpenOptions): OrErrno<FileHandle> {
    if (this.sizeOf(name) < 0) return wasi.ERRNO_ACCES;
    if (options.write || options.truncate) return wasi.ERRNO_ROFS;
    if (this.#open.has(name)) return wasi.ERRNO_DEADLK;
    const waits = options.nonBlocking !== true;
    const { errno, value } = this.#caller.ask({ kind: "acquire", lock: name, waits });
    if (errno !== wasi.ERRNO_SUCCESS) return errno;
    this.#open.add(name);
    return new LockFile(value, () => {
      if (this.#open.delete(name)) this.#caller.tell({ kind: "release", lock: name });
    });
  }

  /** Names that are granted as such; those of patterns are endless. */
  list(): readonly ListedEntry[] {
    return this.#granted.filter((name) => !name.includes("*"))
      .map((name) => ({ name, filetype: wasi.FILETYPE_REGULAR_FILE }));
  }

  /** What the run had open is over. */
  reset(): void {
    this.#open.clear();
  }
}

class LockFile implements FileHandle {
  readonly #content: Uint8Array;
  readonly #release: () => void;

  constructor(token: number, release: () => void) {
    this.#content = new TextEncoder().encode(`${token}\n`);
    this.#release = release;
  }

  stat(): OrErrno<Filestat> {
    return statOf(wasi.FILETYPE_REGULAR_FILE, this.size());
  }

  size(): number {
    return this.#content.length;
  }

  read(target: Uint8Array, offset: number): number {
    const piece = this.#content.subarray(offset, offset + target.length);
    target.set(piece);
    return piece.length;
  }

  write(): number {
    return -wasi.ERRNO_ROFS;
  }

  setAppend(): number {
    return wasi.ERRNO_SUCCESS;
  }

  setSize(): number {
    return wasi.ERRNO_ROFS;
  }

  setTimes(): number {
    return wasi.ERRNO_ROFS;
  }

  sync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  dataSync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  close(): void {
    this.#release();
  }
}
