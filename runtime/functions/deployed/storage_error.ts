import { type SkerryError, skerryError } from "../../errors.ts";

/**
 * What failed when something could not be kept: `storage_full`, or `storage_failed` with the system's words.
 *
 * @param attempt Continues "Cannot", e.g. `store hello`.
 */
export function storageError(attempt: string, thrown: unknown): SkerryError {
  if (isFull(thrown)) {
    return skerryError("storage_full", `Cannot ${attempt}: the disk is full; nothing was changed`);
  }
  return skerryError("storage_failed", `Cannot ${attempt}: ${reasonOf(thrown)}`);
}

/** Whether there was no room left; Deno's SQLite errors have no number, only words. */
export function isFull(thrown: unknown): boolean {
  const { code, message } = thrown as { readonly code?: string; readonly message?: string };
  return code === "ENOSPC" || code === "EDQUOT" || /disk is full/.test(message ?? "");
}

/** Why something failed, without paths of the host. */
export function reasonOf(thrown: unknown): string {
  const { code, message = "unknown error" } = thrown as { code?: string; message?: string };
  return code === undefined || code === "ERR_SQLITE_ERROR"
    ? message
    : `the system answered ${code}`;
}
