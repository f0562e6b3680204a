import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import { DirectoryDescriptor } from "./directory_descriptor.ts";
import type { ListedEntry } from "./filesystem/handles.ts";
import type { Run } from "./run.ts";

/** Bytes of a `dirent` in guest memory, before the name. */
const DIRENT_BYTES = 24;

/** Entries every directory has before those it lists. */
const OWN_NAMES = [".", ".."] as const;

/** `fd_readdir`. */
export function readdirCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Writes entries, each a `dirent` and its name, from `cookie` on; the last may be cut off where
     * the buffer ends. Writes the bytes written, u32, to `used`: fewer than `length` at the end of
     * the directory. Cookies stay good while entries come and go; 0 looks at the directory afresh.
     * EBADF: not an open directory; EFAULT: bad pointer; ENOTCAPABLE: the right was given up.
     */
    fd_readdir(fd: number, buffer: number, length: number, cookie: bigint, used: number): number {
      run.enter();
      const descriptor = table.get(fd);
      if (!(descriptor instanceof DirectoryDescriptor)) return wasi.ERRNO_BADF;
      const refusal = descriptor.need(wasi.RIGHTS_FD_READDIR);
      if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
      const [start, room, pointer] = [buffer >>> 0, length >>> 0, used >>> 0];
      if (!run.memory.holds(start, room) || !run.memory.holds(pointer, 4)) return wasi.ERRNO_FAULT;
      table.touch();
      const listing = descriptor.entriesFrom(cookie);
      if (typeof listing === "number") return listing;
      const first = Number(BigInt.asUintN(64, cookie));
      const written = writeEntries(run, descriptor, listing, first, start, room);
      run.memory.view.setUint32(pointer, written, true);
      return wasi.ERRNO_SUCCESS;
    },
  };
}

/** Writes entries until the buffer or the directory ends; answers the bytes written. */
function writeEntries(
  run: Run,
  directory: DirectoryDescriptor,
  listing: readonly ListedEntry[],
  first: number,
  start: number,
  room: number,
): number {
  let written = 0;
  for (let index = first; index < OWN_NAMES.length + listing.length && written < room; index++) {
    const bytes = direntBytes(directory, listing, index).subarray(0, room - written);
    run.memory.bytes.set(bytes, start + written);
    written += bytes.length;
    run.spend(1);
  }
  return written;
}

const encoder = new TextEncoder();

function direntBytes(
  directory: DirectoryDescriptor,
  listing: readonly ListedEntry[],
  index: number,
): Uint8Array {
  const { handle } = directory;
  const entry = listing[index - OWN_NAMES.length];
  const name = encoder.encode(entry?.name ?? OWN_NAMES[index]);
  const status = entry === undefined ? handle.stat() : handle.statEntry(entry.name);
  const bytes = new Uint8Array(DIRENT_BYTES + name.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(index + 1), true);
  view.setBigUint64(8, typeof status === "number" ? 0n : status.ino, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, entry?.filetype ?? wasi.FILETYPE_DIRECTORY);
  bytes.set(name, DIRENT_BYTES);
  return bytes;
}
