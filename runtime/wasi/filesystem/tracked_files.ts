import { wasi } from "@bjorn3/browser_wasi_shim";
import type { HostFiles } from "./host_files.ts";

/**
 * Host files whose open descriptors are known, so that there are never too many, and all can be
 * closed after a run. A run may end, or run out of stack, between any two steps of a call: what it
 * had open then would else stay open for ever.
 */
export interface TrackedFiles extends HostFiles {
  /** Closes whatever is open. */
  closeAll(): void;
}

/** Tracks what is opened through `files`; more than `maxOpen` at a time is ENFILE. */
export function trackFiles(files: HostFiles, maxOpen: number): TrackedFiles {
  const open = new Set<number>();
  const track = (openOne: () => number): number => {
    if (open.size >= maxOpen) return -wasi.ERRNO_NFILE;
    const fd = openOne();
    if (fd >= 0) open.add(fd);
    return fd;
  };
  const close = (fd: number): void => {
    if (open.delete(fd)) files.close(fd);
  };
  return {
    ...files,
    openDirectory: (path, follow) => track(() => files.openDirectory(path, follow)),
    openFile: (path, flags) => track(() => files.openFile(path, flags)),
    reopen: (fd, flags) => track(() => files.reopen(fd, flags)),
    close,
    closeAll: () => open.forEach(close),
  };
}
