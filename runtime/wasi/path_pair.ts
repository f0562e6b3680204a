import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { DirectoryDescriptor } from "./directory_descriptor.ts";
import { resolve, type Target } from "./filesystem/resolve.ts";
import { checkNewName, checkSlash, openDirectory, readPath } from "./guest_path.ts";
import type { Run } from "./run.ts";

/** One end of a rename or a link. */
interface End {
  readonly base: DirectoryDescriptor;
  readonly path: string;
}

/** The calls that take two paths; the errors of `targetOf` in `guest_path.ts` apply to both. */
export function pathPairCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Gives a file another name. EEXIST: the name is taken; EPERM: a directory; EXDEV: another file
     * system; EINVAL: following links is asked for, which Wasmtime refuses too; ENOSPC: over a
     * quota.
     */
    path_link(
      oldFd: number,
      lookupFlags: number,
      oldPath: number,
      oldPathLength: number,
      newFd: number,
      newPath: number,
      newPathLength: number,
    ): number {
      run.enter();
      if (lookupFlags !== 0) return wasi.ERRNO_INVAL;
      const from = end(run, table, oldFd, oldPath, oldPathLength, wasi.RIGHTS_PATH_LINK_SOURCE);
      if (typeof from === "number") return from;
      const to = end(run, table, newFd, newPath, newPathLength, wasi.RIGHTS_PATH_LINK_TARGET);
      return typeof to === "number" ? to : resolveBoth(run, from, to, link);
    },

    /**
     * Renames, replacing a file by a file or an empty directory by a directory. EISDIR, ENOTDIR,
     * ENOTEMPTY: one cannot replace the other; EINVAL: a directory into itself; EBUSY: a path ends
     * in "." or ".."; EXDEV: another file system.
     */
    path_rename(
      oldFd: number,
      oldPath: number,
      oldPathLength: number,
      newFd: number,
      newPath: number,
      newPathLength: number,
    ): number {
      run.enter();
      const from = end(run, table, oldFd, oldPath, oldPathLength, wasi.RIGHTS_PATH_RENAME_SOURCE);
      if (typeof from === "number") return from;
      const to = end(run, table, newFd, newPath, newPathLength, wasi.RIGHTS_PATH_RENAME_TARGET);
      return typeof to === "number" ? to : resolveBoth(run, from, to, rename);
    },
  };
}

function end(
  run: Run,
  table: DescriptorTable,
  fd: number,
  pointer: number,
  length: number,
  rights: number,
): End | number {
  const base = openDirectory(table, fd);
  if (typeof base === "number") return base;
  const path = readPath(run, pointer, length);
  if (typeof path === "number") return path;
  const refusal = base.need(rights);
  return refusal === wasi.ERRNO_SUCCESS ? { base, path } : refusal;
}

function resolveBoth(
  run: Run,
  from: End,
  to: End,
  use: (from: Target, to: Target) => number,
): number {
  return resolve(run, from.base.handle, from.path, "never", (source) => {
    return resolve(run, to.base.handle, to.path, "never", (target) => use(source, target));
  });
}

function link(from: Target, to: Target): number {
  if (from.name === undefined) return wasi.ERRNO_PERM;
  const refusal = checkSlash(from);
  if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
  const filetype = from.directory.lookup(from.name);
  if (filetype < 0) return -filetype;
  if (to.name === undefined) return wasi.ERRNO_EXIST;
  const taken = checkNewName(to.directory, to.name, to.isDirectoryWanted);
  if (taken !== wasi.ERRNO_SUCCESS) return taken;
  if (filetype === wasi.FILETYPE_DIRECTORY) return wasi.ERRNO_PERM;
  return from.directory.createLink(from.name, to.directory, to.name);
}

function rename(from: Target, to: Target): number {
  if (from.name === undefined || to.name === undefined) return wasi.ERRNO_BUSY;
  const filetype = from.directory.lookup(from.name);
  if (filetype < 0) return -filetype;
  const isDirectoryWanted = from.isDirectoryWanted || to.isDirectoryWanted;
  if (isDirectoryWanted && filetype !== wasi.FILETYPE_DIRECTORY) return wasi.ERRNO_NOTDIR;
  return from.directory.rename(from.name, to.directory, to.name);
}
