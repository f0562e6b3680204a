import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import { targetOf } from "./guest_path.ts";
import type { Run } from "./run.ts";

/** `path_create_directory`, `path_remove_directory` and `path_unlink_file`. */
export function pathDirectoryCalls(run: Run, table: DescriptorTable) {
  const at = targetOf(run, table);
  return {
    /** Makes a directory. EEXIST: the name is taken; ENOSPC: over a quota. */
    path_create_directory(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_CREATE_DIRECTORY, "never", (target) => {
        return target.name === undefined
          ? wasi.ERRNO_EXIST
          : target.directory.createDirectory(target.name);
      });
    },

    /** Removes an empty directory. ENOTEMPTY, ENOTDIR; EINVAL: the path ends in "." or "..". */
    path_remove_directory(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_REMOVE_DIRECTORY, "never", (target) => {
        return target.name === undefined
          ? wasi.ERRNO_INVAL
          : target.directory.removeDirectory(target.name);
      });
    },

    /** Removes a file or a link. EISDIR: a directory. */
    path_unlink_file(fd: number, path: number, pathLength: number): number {
      run.enter();
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_UNLINK_FILE, "never", (target) => {
        if (target.name === undefined) return wasi.ERRNO_ISDIR;
        const filetype = target.directory.lookup(target.name);
        if (filetype < 0) return -filetype;
        if (filetype === wasi.FILETYPE_DIRECTORY) return wasi.ERRNO_ISDIR;
        return target.isDirectoryWanted ? wasi.ERRNO_NOTDIR : target.directory.unlink(target.name);
      });
    },
  };
}
