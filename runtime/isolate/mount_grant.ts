import { HostFileSystem } from "../wasi/filesystem/host_file_system.ts";
import type { Mount } from "../wasi/filesystem/mount.ts";
import { nodeHostFiles } from "../wasi/filesystem/node_host_files.ts";

/** A real directory that a module is given; plain data, so that it can be posted between threads. */
export interface MountGrant {
  readonly hostPath: string;
  /** What the module calls it, e.g. `/data`. */
  readonly guestPath: string;
  readonly isReadOnly: boolean;
}

/** What runs may do with mounts. */
export interface MountBounds {
  /** Bytes a run may write. @default 256 MiB */
  readonly maxBytes?: number;
  /** Files, directories and links a run may make. @default 16384 */
  readonly maxEntries?: number;
  /**
   * Whether a mount may be written to where the platform cannot hold on to directories (Deno without
   * `--allow-all`), so that a rename at the right moment might lead out of it. @default false
   */
  readonly allowUnanchored?: boolean;
}

/** Makes the mounts of one isolate; they open their directories when a run first uses them. */
export function openMounts(grants: readonly MountGrant[], bounds: MountBounds = {}): Mount[] {
  if (grants.length === 0) return [];
  const files = nodeHostFiles();
  return grants.map(({ hostPath, guestPath, isReadOnly }) =>
    new HostFileSystem(guestPath, hostPath, { files, isReadOnly, ...bounds })
  );
}
