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

/**
 * A directory through which nothing can be changed, nor through any that is opened from it: EROFS.
 */
export class ReadOnlyDirectory implements DirectoryHandle {
  readonly isReadOnly = true;
  readonly #inner: DirectoryHandle;

  constructor(inner: DirectoryHandle) {
    this.#inner = inner;
  }

  get isExternal(): boolean {
    return this.#inner.isExternal;
  }

  lookup(name: string): number {
    return this.#inner.lookup(name);
  }

  stat(): OrErrno<Filestat> {
    return this.#inner.stat();
  }

  statEntry(name: string): OrErrno<Filestat> {
    return this.#inner.statEntry(name);
  }

  openDirectory(name: string): OrErrno<DirectoryHandle> {
    const directory = this.#inner.openDirectory(name);
    return typeof directory === "number" ? directory : new ReadOnlyDirectory(directory);
  }

  openFile(name: string, options: OpenOptions): OrErrno<FileHandle> {
    if (options.write || options.truncate) return wasi.ERRNO_ROFS;
    const file = this.#inner.openFile(name, { ...options, create: false });
    return typeof file === "number" ? file : new ReadOnlyFile(file);
  }

  duplicate(): OrErrno<DirectoryHandle> {
    const directory = this.#inner.duplicate();
    return typeof directory === "number" ? directory : new ReadOnlyDirectory(directory);
  }

  readLink(name: string): OrErrno<string> {
    return this.#inner.readLink(name);
  }

  list(): OrErrno<readonly ListedEntry[]> {
    return this.#inner.list();
  }

  setTimes(_times: NewTimes): number {
    return wasi.ERRNO_ROFS;
  }

  setEntryTimes(_name: string, _times: NewTimes): number {
    return wasi.ERRNO_ROFS;
  }

  createDirectory(_name: string): number {
    return wasi.ERRNO_ROFS;
  }

  createSymlink(_name: string, _target: string): number {
    return wasi.ERRNO_ROFS;
  }

  createLink(_source: string, _into: DirectoryHandle, _name: string): number {
    return wasi.ERRNO_ROFS;
  }

  rename(_source: string, _into: DirectoryHandle, _name: string): number {
    return wasi.ERRNO_ROFS;
  }

  removeDirectory(_name: string): number {
    return wasi.ERRNO_ROFS;
  }

  unlink(_name: string): number {
    return wasi.ERRNO_ROFS;
  }

  close(): void {
    this.#inner.close();
  }
}

class ReadOnlyFile implements FileHandle {
  readonly #inner: FileHandle;

  constructor(inner: FileHandle) {
    this.#inner = inner;
  }

  stat(): OrErrno<Filestat> {
    return this.#inner.stat();
  }

  size(): number {
    return this.#inner.size();
  }

  read(target: Uint8Array, offset: number): number {
    return this.#inner.read(target, offset);
  }

  write(_source: Uint8Array, _offset: number): number {
    return -wasi.ERRNO_ROFS;
  }

  setAppend(_append: boolean): number {
    return wasi.ERRNO_SUCCESS;
  }

  setSize(_size: number): number {
    return wasi.ERRNO_ROFS;
  }

  setTimes(_times: NewTimes): number {
    return wasi.ERRNO_ROFS;
  }

  sync(): number {
    return this.#inner.sync();
  }

  dataSync(): number {
    return this.#inner.dataSync();
  }

  close(): void {
    this.#inner.close();
  }
}
