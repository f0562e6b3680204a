import process from "node:process";
import type * as Sqlite from "node:sqlite";

/** The module `node:sqlite`. */
export type SqliteModule = typeof Sqlite;

/**
 * Loads `node:sqlite` when it is first needed: an import at the top of any file would be at the top of the bundle, and
 * every worker thread would load it. Node 22 warns that the module is experimental, which no user can act upon.
 *
 * @example
 * ```ts
 * import { sqlite } from "./sqlite.ts";
 *
 * const database = new (sqlite().DatabaseSync)(":memory:");
 * console.log(database.prepare("SELECT 1 AS one").get());
 * ```
 */
export function sqlite(): SqliteModule {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
