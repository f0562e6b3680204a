import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type SkerryError, skerryError } from "../errors.ts";
import { sqlite } from "../platform/sqlite.ts";
import { err, ok, type Result } from "../result.ts";

/** Where a server keeps what must outlive it. */
export interface DataFolder {
  /** The folder, as it was named. */
  readonly path: string;
  /** Lets another server have it. */
  close(): void;
}

const PRIVATE_MODE = 0o700;
const LOCK_FILE = "lock.db";

/**
 * Opens the data folder: makes it where it is missing (readable by its owner only), and locks it, so that no two servers
 * share it. The system gives the lock back however the process ends; see RATIONALE.md, "Why is the data folder locked
 * through SQLite?".
 *
 * @returns `invalid_config` if the folder cannot be made or written, or if another server has it
 *
 * @example
 * ```ts
 * import { openDataFolder } from "./data_folder.ts";
 *
 * const folder = await openDataFolder(".skerry");
 * if (folder.ok) folder.value.close();
 * else console.error(folder.error.message);
 * ```
 */
export async function openDataFolder(path: string): Promise<Result<DataFolder, SkerryError>> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_MODE });
  } catch (thrown) {
    return err(unusable(path, `it cannot be made (${reason(thrown)})`));
  }
  let database: DatabaseSync | undefined;
  try {
    database = new (sqlite().DatabaseSync)(join(path, LOCK_FILE));
    // What is written shows that writing is possible; the transaction that stays open is the lock.
    database.exec("BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (id); COMMIT; BEGIN EXCLUSIVE");
  } catch (thrown) {
    database?.close();
    return err(isLocked(thrown) ? inUse(path) : unusable(path, reason(thrown)));
  }
  return ok({ path, close: () => database.close() });
}

function inUse(path: string): SkerryError {
  return skerryError(
    "invalid_config",
    `Cannot use the data folder ${path}: another server uses it; stop that one, or name another folder with --data`,
  );
}

function unusable(path: string, why: string): SkerryError {
  return skerryError(
    "invalid_config",
    `Cannot use the data folder ${path}: ${why}; make it writable, or name another folder with --data`,
  );
}

/** Deno's errors have no `errcode`. */
function isLocked(thrown: unknown): boolean {
  return /database is locked/.test(reason(thrown));
}

function reason(thrown: unknown): string {
  const { code, message } = thrown as { code?: string; message: string };
  return code === undefined || code === "ERR_SQLITE_ERROR" ? message : code;
}
