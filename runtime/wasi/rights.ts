import { wasi } from "@bjorn3/browser_wasi_shim";

/*
 * Rights are 29 bits, so they are kept as numbers and become u64 only in guest memory. As in
 * Wasmtime, what is opened has every right that makes sense for it, reading and writing as asked
 * for; unlike there, a module can give rights up with `fd_fdstat_set_rights`, and what is opened
 * through a directory inherits no more than that directory passes on.
 */

/** Every right that exists. */
export const ALL_RIGHTS = 2 ** 29 - 1;

/** What cannot be done with a directory. */
const FILE_ONLY = wasi.RIGHTS_FD_DATASYNC | wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_SEEK |
  wasi.RIGHTS_FD_FDSTAT_SET_FLAGS | wasi.RIGHTS_FD_SYNC | wasi.RIGHTS_FD_TELL |
  wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_ADVISE | wasi.RIGHTS_FD_ALLOCATE |
  wasi.RIGHTS_FD_FILESTAT_SET_SIZE | wasi.RIGHTS_POLL_FD_READWRITE | wasi.RIGHTS_SOCK_SHUTDOWN;

/** What can be done with both. */
const SHARED = wasi.RIGHTS_FD_FILESTAT_GET | wasi.RIGHTS_FD_FILESTAT_SET_TIMES;

/** Everything that changes a file system. */
const CHANGING = wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_ALLOCATE |
  wasi.RIGHTS_FD_FILESTAT_SET_SIZE | wasi.RIGHTS_FD_FILESTAT_SET_TIMES |
  wasi.RIGHTS_PATH_CREATE_DIRECTORY | wasi.RIGHTS_PATH_CREATE_FILE |
  wasi.RIGHTS_PATH_LINK_SOURCE | wasi.RIGHTS_PATH_LINK_TARGET |
  wasi.RIGHTS_PATH_RENAME_SOURCE | wasi.RIGHTS_PATH_RENAME_TARGET |
  wasi.RIGHTS_PATH_FILESTAT_SET_SIZE | wasi.RIGHTS_PATH_FILESTAT_SET_TIMES |
  wasi.RIGHTS_PATH_SYMLINK | wasi.RIGHTS_PATH_REMOVE_DIRECTORY | wasi.RIGHTS_PATH_UNLINK_FILE;

/** Rights of a file before what its opener asked for and its directory passes on is looked at. */
export const FILE_RIGHTS = FILE_ONLY & ~wasi.RIGHTS_SOCK_SHUTDOWN | SHARED;

/** Rights of a directory. */
export const DIRECTORY_RIGHTS = ALL_RIGHTS & ~FILE_ONLY;

/** Rights that remain where nothing may be changed. */
export const READ_ONLY_RIGHTS = ALL_RIGHTS & ~CHANGING;

/** The rights among these 64 bits that exist. */
export function knownRights(bits: bigint): number {
  return Number(BigInt.asUintN(32, bits)) & ALL_RIGHTS;
}

/** Whether these 64 bits name rights that do not exist. */
export function hasUnknownRights(bits: bigint): boolean {
  return BigInt.asUintN(64, bits) > BigInt(ALL_RIGHTS);
}
