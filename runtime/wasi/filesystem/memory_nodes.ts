import { wasi } from "@bjorn3/browser_wasi_shim";
import { Filestat } from "../filestat.ts";
import type { NewTimes } from "./handles.ts";
import type { Quota } from "./quota.ts";
import type { Template, TemplateDirectory, TemplateFile } from "./memory_template.ts";

/** What all nodes share: a number, times, and how many names there are. */
abstract class Node {
  abstract readonly filetype: number;
  readonly ino: bigint;
  /** Names it has. */
  links = 1;
  atim: bigint;
  mtim: bigint;
  ctim: bigint;

  constructor(ino: bigint, nowNs: bigint) {
    this.ino = ino;
    this.atim = this.mtim = this.ctim = nowNs;
  }

  /** Size in bytes. */
  abstract get size(): number;

  stat(device: bigint): Filestat {
    const filestat = new Filestat(this.ino, this.filetype, BigInt(this.size));
    filestat.dev = device;
    filestat.nlink = BigInt(this.links);
    filestat.atim = this.atim;
    filestat.mtim = this.mtim;
    filestat.ctim = this.ctim;
    return filestat;
  }

  setTimes(times: NewTimes, nowNs: bigint): void {
    this.atim = times.atim ?? this.atim;
    this.mtim = times.mtim ?? this.mtim;
    this.ctim = nowNs;
  }

  /** Notes that the contents changed. */
  touch(nowNs: bigint): void {
    this.mtim = this.ctim = nowNs;
  }
}

/** A symbolic link. */
export class LinkNode extends Node {
  readonly filetype = wasi.FILETYPE_SYMBOLIC_LINK;
  readonly target: string;

  constructor(ino: bigint, nowNs: bigint, target: string) {
    super(ino, nowNs);
    this.target = target;
  }

  get size(): number {
    return new TextEncoder().encode(this.target).length;
  }
}

/**
 * A regular file. Its bytes stay those of the template, shared by all runs, until it is written to.
 */
export class FileNode extends Node {
  readonly filetype = wasi.FILETYPE_REGULAR_FILE;
  /** Handles open on it: it lives on without a name while there are any. */
  handles = 0;
  readonly #quota: Quota;
  /** May be longer than the file; zeros beyond it. */
  #bytes: Uint8Array = new Uint8Array(0);
  #size = 0;
  #isTemplate = false;
  /** Bytes of the quota it holds. */
  #charged = 0;

  constructor(ino: bigint, nowNs: bigint, quota: Quota, template?: TemplateFile) {
    super(ino, nowNs);
    this.#quota = quota;
    if (template === undefined) return;
    this.#isTemplate = true;
    this.#bytes = template.bytes;
    this.#size = template.bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  read(target: Uint8Array, offset: number): number {
    const chunk = this.#bytes.subarray(offset, Math.min(this.#size, offset + target.length));
    target.set(chunk);
    return chunk.length;
  }

  /** Writes as much as the quota has room for; ENOSPC, negative, if that is nothing. */
  write(source: Uint8Array, offset: number): number {
    if (source.length === 0) return 0;
    const paid = this.#charge(Math.max(offset + source.length, this.#size));
    const count = Math.min(source.length, paid - offset);
    if (count <= 0 || paid < this.#size) return -this.#refuse();
    const size = Math.max(this.#size, offset + count);
    this.#reserve(size);
    this.#bytes.set(source.subarray(0, count), offset);
    this.#size = size;
    return count;
  }

  /** Cuts off, or fills with zeros. ENOSPC: over the quota. */
  setSize(size: number): number {
    if (this.#charge(size) < size) return this.#refuse();
    this.#reserve(size);
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
    this.#refund(size);
    return wasi.ERRNO_SUCCESS;
  }

  /** Gives the bytes back once it has neither a name nor an open handle. */
  releaseIfUnused(): void {
    if (this.links > 0 || this.handles > 0) return;
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
    this.#refund(0);
    this.#quota.refundEntry();
  }

  /** Charges for a size of up to `size` bytes; answers the size that is paid for. */
  #charge(size: number): number {
    if (size > this.#charged) this.#charged += this.#quota.charge(size - this.#charged);
    return this.#charged;
  }

  #refund(size: number): void {
    if (size >= this.#charged) return;
    this.#quota.refund(this.#charged - size);
    this.#charged = size;
  }

  /** Gives back what was charged for a change that is too large after all. */
  #refuse(): number {
    this.#refund(this.#isTemplate ? 0 : this.#size);
    return wasi.ERRNO_NOSPC;
  }

  /**
   * Makes the bytes its own and at least this many: twice as many as before, so that appending is
   * cheap.
   */
  #reserve(size: number): void {
    if (size <= this.#bytes.length && !this.#isTemplate) return;
    const doubled = this.#isTemplate ? 0 : Math.min(this.#bytes.length * 2, this.#quota.maxBytes);
    const bytes = new Uint8Array(Math.max(size, doubled));
    bytes.set(this.#bytes.subarray(0, Math.min(this.#size, size)));
    this.#bytes = bytes;
    this.#isTemplate = false;
  }
}

/** Any node. */
export type MemoryNode = DirectoryNode | FileNode | LinkNode;

/** A directory. Nodes for what the template holds are made when they are first looked at. */
export class DirectoryNode extends Node {
  readonly filetype = wasi.FILETYPE_DIRECTORY;
  /** The directory it is in; undefined for the root. */
  parent: DirectoryNode | undefined;
  /** Whether it was removed while open: nothing can be made in it any more. */
  isRemoved = false;
  readonly #quota: Quota;
  readonly #template: TemplateDirectory | undefined;
  #entries: Map<string, MemoryNode> | undefined;

  constructor(
    ino: bigint,
    nowNs: bigint,
    quota: Quota,
    parent: DirectoryNode | undefined,
    template?: TemplateDirectory,
  ) {
    super(ino, nowNs);
    this.#quota = quota;
    this.parent = parent;
    this.#template = template;
  }

  get size(): number {
    return 0;
  }

  /** Nodes by name. */
  get entries(): Map<string, MemoryNode> {
    if (this.#entries !== undefined) return this.#entries;
    const entries = new Map<string, MemoryNode>();
    for (const [name, template] of this.#template?.entries ?? []) {
      entries.set(name, this.#nodeOf(template));
    }
    return this.#entries = entries;
  }

  /** Whether `directory` is this one or somewhere below it. */
  contains(directory: DirectoryNode): boolean {
    for (let at: DirectoryNode | undefined = directory; at !== undefined; at = at.parent) {
      if (at === this) return true;
    }
    return false;
  }

  #nodeOf(template: Template): MemoryNode {
    switch (template.kind) {
      case "directory":
        return new DirectoryNode(template.ino, this.mtim, this.#quota, this, template);
      case "file":
        return new FileNode(template.ino, this.mtim, this.#quota, template);
      case "link":
        return new LinkNode(template.ino, this.mtim, template.target);
    }
  }
}
