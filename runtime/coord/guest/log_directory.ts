import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../../wasi/filestat.ts";
import type {
  FileHandle,
  ListedEntry,
  OpenOptions,
  OrErrno,
} from "../../wasi/filesystem/handles.ts";
import { isName } from "../names.ts";
import { textOf } from "./coord_call.ts";
import type { CoordCaller } from "./coord_caller.ts";
import { isGranted } from "./coord_grant.ts";
import { FlatDirectory, statOf } from "./flat_directory.ts";

/** Bytes of one record that a run appends; a longer write is cut there, and goes on in the next one. */
const MAX_RECORD_BYTES = 1024 * 1024;
/** Bytes of one read; a longer one is cut there. */
const MAX_READ_BYTES = 64 * 1024;
/** The names of as many logs as there can be. */
const MAX_NAMES_BYTES = 2 * 1024 * 1024;

/**
 * Logs as files that can only grow, as Linux has them: a write is one record, and needs the lock of the log to be open.
 * EACCES: not granted to this function; ENOENT: no such log; EPERM: opened to write without O_APPEND, or to be cut, or the
 * lock is not held; EINTR: the server stops.
 */
export class LogDirectory extends FlatDirectory {
  readonly isReadOnly = false;
  readonly #caller: CoordCaller;
  readonly #granted: readonly string[];

  constructor(caller: CoordCaller, granted: readonly string[]) {
    super();
    this.#caller = caller;
    this.#granted = granted;
  }

  sizeOf(name: string): number {
    if (!isName(name) || !isGranted(this.#granted, name)) return -wasi.ERRNO_ACCES;
    return sizeOf(this.#caller, name);
  }

  openFile(name: string, options: OpenOptions): OrErrno<FileHandle> {
    const size = this.sizeOf(name);
    if (size < 0) return -size;
    if (options.truncate || (options.write && !options.append)) return wasi.ERRNO_PERM;
    return new LogFile(this.#caller, name);
  }

  list(): OrErrno<readonly ListedEntry[]> {
    const { errno, bytes } = this.#caller.ask({ kind: "names" }, MAX_NAMES_BYTES);
    if (errno !== wasi.ERRNO_SUCCESS) return errno;
    return textOf(bytes).split("\n").filter((name) => isGranted(this.#granted, name))
      .map((name) => ({ name, filetype: wasi.FILETYPE_REGULAR_FILE }));
  }
}

class LogFile implements FileHandle {
  readonly #caller: CoordCaller;
  readonly #log: string;

  constructor(caller: CoordCaller, log: string) {
    this.#caller = caller;
    this.#log = log;
  }

  stat(): OrErrno<Filestat> {
    const size = this.size();
    return size < 0 ? -size : statOf(wasi.FILETYPE_REGULAR_FILE, size);
  }

  size(): number {
    return sizeOf(this.#caller, this.#log);
  }

  read(target: Uint8Array, offset: number): number {
    const room = Math.min(target.length, MAX_READ_BYTES);
    const { errno, bytes } = this.#caller.ask({ kind: "read", log: this.#log, offset }, room);
    if (errno !== wasi.ERRNO_SUCCESS) return -errno;
    target.set(bytes);
    return bytes.length;
  }

  write(source: Uint8Array): number {
    const data = source.slice(0, MAX_RECORD_BYTES);
    const { errno } = this.#caller.ask({ kind: "append", log: this.#log, data });
    return errno === wasi.ERRNO_SUCCESS ? data.length : -errno;
  }

  setAppend(append: boolean): number {
    return append ? wasi.ERRNO_SUCCESS : wasi.ERRNO_PERM;
  }

  setSize(): number {
    return wasi.ERRNO_PERM;
  }

  setTimes(): number {
    return wasi.ERRNO_PERM;
  }

  /** What was appended is on the disk already. */
  sync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  dataSync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  close(): void {}
}

function sizeOf(caller: CoordCaller, log: string): number {
  const { errno, value } = caller.ask({ kind: "size", log });
  return errno === wasi.ERRNO_SUCCESS ? value : -errno;
}
