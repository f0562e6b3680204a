import type { DirectoryHandle } from "./handles.ts";
import { MemoryDirectory } from "./memory_directory.ts";
import { DirectoryNode } from "./memory_nodes.ts";
import { Quota } from "./quota.ts";
import { type MemoryContents, numberContents, type NumberedTemplate } from "./memory_template.ts";
import type { MemoryResources } from "./memory_resources.ts";
import type { Mount } from "./mount.ts";
import { ReadOnlyDirectory } from "./read_only_directory.ts";

/** Options of {@linkcode MemoryFileSystem}. */
export interface MemoryFileSystemOptions {
  /** Nanoseconds since 1970, for file times. */
  readonly nowNs: () => bigint;
  /** What every run finds; never written to. @default nothing */
  readonly contents?: MemoryContents;
  /** @default false */
  readonly isReadOnly?: boolean;
  /** Bytes of files a run may write. A gap left by seeking counts too. @default 64 MiB */
  readonly maxBytes?: number;
  /** Files, directories and links a run may add. @default 16384 */
  readonly maxEntries?: number;
  /** `st_dev` of its files. @default 1 */
  readonly device?: bigint;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_ENTRIES = 16384;

/**
 * A directory tree in memory. Each run finds the same contents, whatever runs before it did. Over a
 * quota is ENOSPC. Belongs to one host.
 *
 * @example
 * ```ts
 * import { MemoryFileSystem } from "./memory_file_system.ts";
 * import { systemClock } from "../system_clock.ts";
 *
 * const scratch = new MemoryFileSystem("/tmp", {
 *   nowNs: systemClock.realtimeNs,
 *   contents: { "motd": new TextEncoder().encode("hello\n"), "latest": "motd" },
 *   maxBytes: 1024 * 1024,
 * });
 * console.log(scratch.guestPath);
 * ```
 */
export class MemoryFileSystem implements Mount, MemoryResources {
  readonly guestPath: string;
  readonly root: DirectoryHandle;
  readonly quota: Quota;
  readonly device: bigint;
  readonly nowNs: () => bigint;
  readonly #template: NumberedTemplate;
  /** When it was made: the time of the contents. */
  readonly #bornNs: bigint;
  #rootNode: DirectoryNode;
  #nextIno: bigint;
  #isChanged = false;

  constructor(guestPath: string, options: MemoryFileSystemOptions) {
    this.guestPath = guestPath;
    this.nowNs = options.nowNs;
    this.device = options.device ?? 1n;
    this.quota = new Quota(
      options.maxBytes ?? DEFAULT_MAX_BYTES,
      options.maxEntries ?? DEFAULT_MAX_ENTRIES,
    );
    this.#bornNs = options.nowNs();
    this.#template = numberContents(options.contents ?? {});
    this.#nextIno = this.#template.nextIno;
    this.#rootNode = this.#newRoot();
    const root = new MemoryDirectory(this, undefined);
    this.root = options.isReadOnly === true ? new ReadOnlyDirectory(root) : root;
  }

  get rootNode(): DirectoryNode {
    return this.#rootNode;
  }

  issueIno(): bigint {
    return this.#nextIno++;
  }

  noteChange(): void {
    this.#isChanged = true;
  }

  reset(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.quota.reset();
    this.#nextIno = this.#template.nextIno;
    this.#rootNode = this.#newRoot();
  }

  #newRoot(): DirectoryNode {
    const { root } = this.#template;
    return new DirectoryNode(root.ino, this.#bornNs, this.quota, undefined, root);
  }
}
