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
import { MemoryFile } from "./memory_file.ts";
import type { MemoryResources } from "./memory_resources.ts";
import { DirectoryNode, FileNode, LinkNode, type MemoryNode } from "./memory_nodes.ts";

/** Longest name in bytes, as `NAME_MAX` on Linux. */
const MAX_NAME_BYTES = 255;

/** A directory of a memory file system. */
export class MemoryDirectory implements DirectoryHandle {
  readonly isReadOnly = false;
  readonly isExternal = false;
  readonly #resources: MemoryResources;
  readonly #ownNode: DirectoryNode | undefined;

  /** @param node Undefined for the root, whose node is another one in every run. */
  constructor(resources: MemoryResources, node: DirectoryNode | undefined) {
    this.#resources = resources;
    this.#ownNode = node;
  }

  lookup(name: string): number {
    return this.#node.entries.get(name)?.filetype ?? -wasi.ERRNO_NOENT;
  }

  stat(): Filestat {
    return this.#node.stat(this.#resources.device);
  }

  statEntry(name: string): OrErrno<Filestat> {
    return this.#node.entries.get(name)?.stat(this.#resources.device) ?? wasi.ERRNO_NOENT;
  }

  setTimes(times: NewTimes): number {
    this.#resources.noteChange();
    this.#node.setTimes(times, this.#resources.nowNs());
    return wasi.ERRNO_SUCCESS;
  }

  setEntryTimes(name: string, times: NewTimes): number {
    const node = this.#node.entries.get(name);
    if (node === undefined) return wasi.ERRNO_NOENT;
    this.#resources.noteChange();
    node.setTimes(times, this.#resources.nowNs());
    return wasi.ERRNO_SUCCESS;
  }

  openDirectory(name: string): OrErrno<DirectoryHandle> {
    const node = this.#node.entries.get(name);
    if (node === undefined) return wasi.ERRNO_NOENT;
    return node instanceof DirectoryNode
      ? new MemoryDirectory(this.#resources, node)
      : wasi.ERRNO_NOTDIR;
  }

  openFile(name: string, options: OpenOptions): OrErrno<FileHandle> {
    const found = this.#node.entries.get(name);
    if (found instanceof DirectoryNode) return wasi.ERRNO_ISDIR;
    if (found instanceof LinkNode) return wasi.ERRNO_LOOP;
    if (found !== undefined && options.create && options.exclusive) return wasi.ERRNO_EXIST;
    if (found === undefined && !options.create) return wasi.ERRNO_NOENT;
    const node = found ?? this.#create(name, (ino, nowNs) => {
      return new FileNode(ino, nowNs, this.#resources.quota);
    });
    if (typeof node === "number") return node;
    const file = new MemoryFile(this.#resources, node, options.append);
    if (options.truncate) file.setSize(0);
    return file;
  }

  duplicate(): DirectoryHandle {
    return new MemoryDirectory(this.#resources, this.#ownNode);
  }

  readLink(name: string): OrErrno<string> {
    const node = this.#node.entries.get(name);
    if (node === undefined) return wasi.ERRNO_NOENT;
    return node instanceof LinkNode ? node.target : wasi.ERRNO_INVAL;
  }

  list(): readonly ListedEntry[] {
    return Array.from(this.#node.entries, ([name, { filetype }]) => ({ name, filetype }));
  }

  createDirectory(name: string): number {
    const node = this.#create(name, (ino, nowNs) => {
      return new DirectoryNode(ino, nowNs, this.#resources.quota, this.#node);
    });
    return typeof node === "number" ? node : wasi.ERRNO_SUCCESS;
  }

  createSymlink(name: string, target: string): number {
    const node = this.#create(name, (ino, nowNs) => new LinkNode(ino, nowNs, target));
    return typeof node === "number" ? node : wasi.ERRNO_SUCCESS;
  }

  createLink(source: string, into: DirectoryHandle, name: string): number {
    const target = this.#peer(into);
    if (target === undefined) return wasi.ERRNO_XDEV;
    const node = this.#node.entries.get(source);
    if (node === undefined) return wasi.ERRNO_NOENT;
    if (node instanceof DirectoryNode) return wasi.ERRNO_PERM;
    const refusal = target.#checkNew(name);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    node.links++;
    target.#put(name, node);
    return wasi.ERRNO_SUCCESS;
  }

  rename(source: string, into: DirectoryHandle, name: string): number {
    const target = this.#peer(into);
    if (target === undefined) return wasi.ERRNO_XDEV;
    const node = this.#node.entries.get(source);
    if (node === undefined) return wasi.ERRNO_NOENT;
    const replaced = target.#node.entries.get(name);
    if (replaced === node) return wasi.ERRNO_SUCCESS;
    const refusal = target.#checkReplace(node, replaced, name);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    if (replaced !== undefined) target.#remove(name, replaced);
    this.#node.entries.delete(source);
    this.#node.touch(this.#resources.nowNs());
    if (node instanceof DirectoryNode) node.parent = target.#node;
    target.#put(name, node);
    return wasi.ERRNO_SUCCESS;
  }

  removeDirectory(name: string): number {
    const node = this.#node.entries.get(name);
    if (node === undefined) return wasi.ERRNO_NOENT;
    if (!(node instanceof DirectoryNode)) return wasi.ERRNO_NOTDIR;
    if (node.entries.size > 0) return wasi.ERRNO_NOTEMPTY;
    this.#remove(name, node);
    return wasi.ERRNO_SUCCESS;
  }

  unlink(name: string): number {
    const node = this.#node.entries.get(name);
    if (node === undefined) return wasi.ERRNO_NOENT;
    if (node instanceof DirectoryNode) return wasi.ERRNO_ISDIR;
    this.#remove(name, node);
    return wasi.ERRNO_SUCCESS;
  }

  /** Nothing to close: nodes live as long as they are reachable. */
  close(): void {}

  get #node(): DirectoryNode {
    return this.#ownNode ?? this.#resources.rootNode;
  }

  /** The other directory if it belongs to the same file system. */
  #peer(other: DirectoryHandle): MemoryDirectory | undefined {
    const isPeer = other instanceof MemoryDirectory && other.#resources === this.#resources;
    return isPeer ? other : undefined;
  }

  /** Why nothing can be made under this name, if so. */
  #checkNew(name: string): number {
    if (this.#node.isRemoved) return wasi.ERRNO_NOENT;
    if (this.#node.entries.has(name)) return wasi.ERRNO_EXIST;
    return isNameTooLong(name) ? wasi.ERRNO_NAMETOOLONG : wasi.ERRNO_SUCCESS;
  }

  /** Why a node cannot take this name, and the place of what has it, if so. */
  #checkReplace(node: MemoryNode, replaced: MemoryNode | undefined, name: string): number {
    const isDirectory = node instanceof DirectoryNode;
    if (isDirectory && node.contains(this.#node)) return wasi.ERRNO_INVAL;
    if (replaced === undefined) return this.#checkNew(name);
    if (!isDirectory) {
      return replaced instanceof DirectoryNode ? wasi.ERRNO_ISDIR : wasi.ERRNO_SUCCESS;
    }
    if (!(replaced instanceof DirectoryNode)) return wasi.ERRNO_NOTDIR;
    return replaced.entries.size > 0 ? wasi.ERRNO_NOTEMPTY : wasi.ERRNO_SUCCESS;
  }

  #create<T extends MemoryNode>(
    name: string,
    make: (ino: bigint, nowNs: bigint) => T,
  ): OrErrno<T> {
    const refusal = this.#checkNew(name);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    if (!this.#resources.quota.chargeEntry()) return wasi.ERRNO_NOSPC;
    const node = make(this.#resources.issueIno(), this.#resources.nowNs());
    this.#put(name, node);
    return node;
  }

  #put(name: string, node: MemoryNode): void {
    this.#resources.noteChange();
    this.#node.entries.set(name, node);
    this.#node.touch(this.#resources.nowNs());
  }

  #remove(name: string, node: MemoryNode): void {
    this.#resources.noteChange();
    this.#node.entries.delete(name);
    this.#node.touch(this.#resources.nowNs());
    node.links--;
    if (node instanceof FileNode) node.releaseIfUnused();
    else if (node.links === 0) this.#resources.quota.refundEntry();
    if (node instanceof DirectoryNode) node.isRemoved = true;
  }
}

function isNameTooLong(name: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8: most names need no encoding.
  if (name.length * 3 <= MAX_NAME_BYTES) return false;
  return new TextEncoder().encode(name).length > MAX_NAME_BYTES;
}
