import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import { checkNewName, readPath, targetOf } from "./guest_path.ts";
import type { Run } from "./run.ts";

const encoder = new TextEncoder();

/** `path_readlink` and `path_symlink`. */
export function pathSymlinkCalls(run: Run, table: DescriptorTable) {
  const at = targetOf(run, table);
  return {
    /**
     * Writes what a symbolic link holds to `buffer`, cut off at `bufferLength` bytes, and the bytes
     * written, u32, to `used`. EINVAL: not a link.
     */
    path_readlink(
      fd: number,
      path: number,
      pathLength: number,
      buffer: number,
      bufferLength: number,
      used: number,
    ): number {
      run.enter();
      const [start, room, pointer] = [buffer >>> 0, bufferLength >>> 0, used >>> 0];
      if (!run.memory.holds(start, room) || !run.memory.holds(pointer, 4)) return wasi.ERRNO_FAULT;
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_READLINK, "slash", (target) => {
        if (target.name === undefined) return wasi.ERRNO_INVAL;
        const link = target.directory.readLink(target.name);
        if (typeof link === "number") return link;
        const bytes = encoder.encode(link).subarray(0, room);
        run.memory.bytes.set(bytes, start);
        run.memory.view.setUint32(pointer, bytes.length, true);
        return wasi.ERRNO_SUCCESS;
      });
    },

    /**
     * Makes a symbolic link that holds the path `content`. EEXIST: the name is taken; ENOSPC: over
     * a quota; EPERM: `content` is absolute, which could only lead out.
     */
    path_symlink(
      content: number,
      contentLength: number,
      fd: number,
      path: number,
      pathLength: number,
    ): number {
      run.enter();
      const link = readPath(run, content, contentLength);
      if (typeof link === "number") return link;
      if (link === "") return wasi.ERRNO_NOENT;
      if (link.includes("\0")) return wasi.ERRNO_INVAL;
      if (link.startsWith("/")) return wasi.ERRNO_PERM;
      return at({ fd, path, pathLength }, wasi.RIGHTS_PATH_SYMLINK, "never", (target) => {
        if (target.name === undefined) return wasi.ERRNO_EXIST;
        const refusal = checkNewName(target.directory, target.name, target.isDirectoryWanted);
        return refusal === wasi.ERRNO_SUCCESS
          ? target.directory.createSymlink(target.name, link)
          : refusal;
      });
    },
  };
}
