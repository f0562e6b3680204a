import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../filestat.ts";
import type { FileHandle, NewTimes } from "./handles.ts";
import type { MemoryFileSystem } from "./memory_file_system.ts";
import type { FileNode } from "./memory_nodes.ts";

/** An open file of a memory file system. */
export class MemoryFile implements FileHandle {
  readonly #system: MemoryFileSystem;
  readonly #node: FileNode;
  #appends: boolean;

  constructor(system: MemoryFileSystem, node: FileNode, appends: boolean) {
    this.#system = system;
    this.#node = node;
    this.#appends = appends;
    node.handles++;
  }

  stat(): Filestat {
    return this.#node.stat(this.#system.device);
  }

  size(): number {
    return this.#node.size;
  }

  read(target: Uint8Array, offset: number): number {
    return this.#node.read(target, offset);
  }

  write(source: Uint8Array, offset: number): number {
    this.#system.noteChange();
    this.#node.touch(this.#system.nowNs());
    return this.#node.write(source, this.#appends ? this.#node.size : offset);
  }

  setAppend(append: boolean): number {
    this.#appends = append;
    return wasi.ERRNO_SUCCESS;
  }

  setSize(size: number): number {
    this.#system.noteChange();
    this.#node.touch(this.#system.nowNs());
    return this.#node.setSize(size);
  }

  setTimes(times: NewTimes): number {
    this.#system.noteChange();
    this.#node.setTimes(times, this.#system.nowNs());
    return wasi.ERRNO_SUCCESS;
  }

  sync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  dataSync(): number {
    return wasi.ERRNO_SUCCESS;
  }

  close(): void {
    this.#node.handles--;
    this.#node.releaseIfUnused();
  }
}
