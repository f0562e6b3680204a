import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Filestat } from "../filestat.ts";
import type { FileHandle, NewTimes } from "./handles.ts";
import type { MemoryResources } from "./memory_resources.ts";
import type { FileNode } from "./memory_nodes.ts";

/** An open file of a memory file system. */
export class MemoryFile implements FileHandle {
  readonly #resources: MemoryResources;
  readonly #node: FileNode;
  #appends: boolean;

  constructor(resources: MemoryResources, node: FileNode, appends: boolean) {
    this.#resources = resources;
    this.#node = node;
    this.#appends = appends;
    node.handles++;
  }

  stat(): Filestat {
    return this.#node.stat(this.#resources.device);
  }

  size(): number {
    return this.#node.size;
  }

  read(target: Uint8Array, offset: number): number {
    return this.#node.read(target, offset);
  }

  write(source: Uint8Array, offset: number): number {
    this.#resources.noteChange();
    this.#node.touch(this.#resources.nowNs());
    return this.#node.write(source, this.#appends ? this.#node.size : offset);
  }

  setAppend(append: boolean): number {
    this.#appends = append;
    return wasi.ERRNO_SUCCESS;
  }

  setSize(size: number): number {
    this.#resources.noteChange();
    this.#node.touch(this.#resources.nowNs());
    return this.#node.setSize(size);
  }

  setTimes(times: NewTimes): number {
    this.#resources.noteChange();
    this.#node.setTimes(times, this.#resources.nowNs());
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
