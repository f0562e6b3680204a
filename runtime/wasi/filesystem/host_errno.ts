import { wasi } from "@bjorn3/browser_wasi_shim";

/** Error numbers by the name `node:fs` gives an error. */
const BY_CODE: ReadonlyMap<string, number> = new Map([
  ["EACCES", wasi.ERRNO_ACCES],
  ["EAGAIN", wasi.ERRNO_AGAIN],
  ["EBADF", wasi.ERRNO_BADF],
  ["EBUSY", wasi.ERRNO_BUSY],
  ["EDQUOT", wasi.ERRNO_DQUOT],
  ["EEXIST", wasi.ERRNO_EXIST],
  ["EFBIG", wasi.ERRNO_FBIG],
  ["EINTR", wasi.ERRNO_INTR],
  ["EINVAL", wasi.ERRNO_INVAL],
  ["EIO", wasi.ERRNO_IO],
  ["EISDIR", wasi.ERRNO_ISDIR],
  ["ELOOP", wasi.ERRNO_LOOP],
  ["EMFILE", wasi.ERRNO_MFILE],
  ["EMLINK", wasi.ERRNO_MLINK],
  ["ENAMETOOLONG", wasi.ERRNO_NAMETOOLONG],
  ["ENFILE", wasi.ERRNO_NFILE],
  ["ENODEV", wasi.ERRNO_NODEV],
  ["ENOENT", wasi.ERRNO_NOENT],
  ["ENOMEM", wasi.ERRNO_NOMEM],
  ["ENOSPC", wasi.ERRNO_NOSPC],
  ["ENOSYS", wasi.ERRNO_NOSYS],
  ["ENOTDIR", wasi.ERRNO_NOTDIR],
  ["ENOTEMPTY", wasi.ERRNO_NOTEMPTY],
  ["ENOTSUP", wasi.ERRNO_NOTSUP],
  ["ENXIO", wasi.ERRNO_NXIO],
  ["EOPNOTSUPP", wasi.ERRNO_NOTSUP],
  ["EOVERFLOW", wasi.ERRNO_OVERFLOW],
  ["EPERM", wasi.ERRNO_PERM],
  ["EROFS", wasi.ERRNO_ROFS],
  ["ESPIPE", wasi.ERRNO_SPIPE],
  ["ESTALE", wasi.ERRNO_STALE],
  ["ETXTBSY", wasi.ERRNO_TXTBSY],
  ["EXDEV", wasi.ERRNO_XDEV],
]);

/**
 * The error number of what a file call threw: EACCES if Deno's permissions forbid it, EIO if
 * unknown.
 */
export function errnoOf(thrown: unknown): number {
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown };
  const errno = typeof code === "string" ? BY_CODE.get(code) : undefined;
  if (errno !== undefined) return errno;
  return name === "NotCapable" || name === "PermissionDenied" ? wasi.ERRNO_ACCES : wasi.ERRNO_IO;
}
