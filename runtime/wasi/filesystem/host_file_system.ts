import type { DirectoryHandle } from "./handles.ts";
import { ExactTimes } from "./exact_times.ts";
import { HostDirectory } from "./host_directory.ts";
import type { HostFiles } from "./host_files.ts";
import type { HostResources } from "./host_resources.ts";
import type { Mount } from "./mount.ts";
import { Quota } from "./quota.ts";
import { ReadOnlyDirectory } from "./read_only_directory.ts";
import { type TrackedFiles, trackFiles } from "./tracked_files.ts";

/** Options of {@linkcode HostFileSystem}. */
export interface HostFileSystemOptions {
  readonly files: HostFiles;
  /** @default false */
  readonly isReadOnly?: boolean;
  /**
   * Whether it may be changed also where directories cannot be anchored. There, two runs that
   * rename and make entries at the same moment can make one outside: only for one run at a time.
   * @default false: read-only there
   */
  readonly allowUnanchored?: boolean;
  /** Bytes a run may write, wherever it writes them. @default 256 MiB */
  readonly maxBytes?: number;
  /** Files, directories and links a run may make. @default 16384 */
  readonly maxEntries?: number;
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_MAX_ENTRIES = 16384;

/**
 * Host descriptors a run may have open at a time, those of the directories on the path being walked
 * included: some for its own 256, and enough for any path but one made to use them up.
 */
const MAX_OPEN = 512;

/**
 * A real directory. Runs see each other's changes, and those of anyone else. Nothing a run does, no
 * link in the directory and no rename at the right moment leads out of it. Over a quota is ENOSPC.
 * Where the platform cannot anchor directories (see {@linkcode HostFiles.anchor}) it is read-only,
 * unless that is waived.
 *
 * The directory is opened by the first run that uses it and closed after each run; whether it
 * exists is for the caller to check before.
 *
 * @example
 * ```ts
 * import { HostFileSystem } from "./host_file_system.ts";
 * import { nodeHostFiles } from "./node_host_files.ts";
 *
 * const data = new HostFileSystem("/data", "./data", { files: nodeHostFiles(), isReadOnly: true });
 * console.log(data.guestPath);
 * ```
 */
export class HostFileSystem implements Mount, HostResources {
  readonly guestPath: string;
  readonly root: DirectoryHandle;
  readonly files: TrackedFiles;
  readonly quota: Quota;
  readonly times = new ExactTimes();
  /** Whether it is read-only, as asked for or for want of anchors. */
  readonly isReadOnly: boolean;
  readonly #root: HostDirectory;

  constructor(guestPath: string, hostPath: string, options: HostFileSystemOptions) {
    this.guestPath = guestPath;
    this.files = trackFiles(options.files, MAX_OPEN);
    this.quota = new Quota(
      options.maxBytes ?? DEFAULT_MAX_BYTES,
      options.maxEntries ?? DEFAULT_MAX_ENTRIES,
    );
    this.#root = new HostDirectory(this, { path: hostPath, fd: undefined });
    this.isReadOnly = options.isReadOnly === true ||
      !(options.files.isAnchored || options.allowUnanchored === true);
    this.root = this.isReadOnly ? new ReadOnlyDirectory(this.#root) : this.#root;
  }

  reset(): void {
    this.#root.close();
    this.files.closeAll();
    this.quota.reset();
    this.times.clear();
  }
}
