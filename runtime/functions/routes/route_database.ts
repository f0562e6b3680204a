import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../platform/sqlite.ts";
import { yieldToEventLoop } from "../../yield_to_event_loop.ts";
import { MAX_KEY_BYTES, type StoredRow, toStoredRow } from "./stored_row.ts";

/** Exactly what other programs expect to find. */
const SCHEMA = `CREATE TABLE IF NOT EXISTS functions (
  k TEXT PRIMARY KEY, v TEXT NOT NULL, updated INTEGER NOT NULL)`;
const COLUMNS: readonly string[] = ["k", "updated", "v"];

/** Bytes of a row's JSON at most: it is parsed on the server's thread. */
export const MAX_VALUE_BYTES = 64 * 1024;
/** Rows that are looked at; others are not served. */
export const MAX_ROWS = 100_000;
/** Rows that are read before others have their turn: about a millisecond. */
const ROWS_AT_ONCE = 500;

/**
 * Columns are read as bytes: text may hold NUL and what is not its encoding, and runtimes differ in what they make of
 * that. What is too long is never read.
 */
const READ = `SELECT typeof(k) AS keyType, typeof(v) AS valueType,
  length(CAST(v AS BLOB)) AS valueBytes,
  substr(CAST(k AS BLOB), 1, ${MAX_KEY_BYTES + 1}) AS key,
  CASE WHEN length(CAST(v AS BLOB)) <= ${MAX_VALUE_BYTES} THEN CAST(v AS BLOB) END AS value,
  CASE WHEN typeof(updated) = 'integer' AND abs(updated / 2) < ${
  2 ** 52
} THEN updated END AS updated
  FROM functions ORDER BY k LIMIT ${MAX_ROWS + 1}`;

/** What the table holds. */
export interface RouteTableContent {
  /** By key. */
  readonly rows: readonly StoredRow[];
  /** Whether there are more than {@linkcode MAX_ROWS}. */
  readonly isCut: boolean;
}

/**
 * The file `faas_meta.db`, which any other program may read and write at any time. It is kept in WAL mode, so that
 * nobody waits for who reads; writing does not wait at all, but throws if another program writes. Every method throws
 * what SQLite throws, or what is wrong with the table.
 */
export class RouteDatabase {
  readonly #path: string;
  #database: DatabaseSync;
  /** Tells the file from another one that took its place. */
  #identity: string;
  #seenVersion = -1;
  #isSettled = false;

  /** Opens the database, makes file and table where they are missing, and checks it. */
  constructor(path: string) {
    this.#path = path;
    this.#database = open(path, (database) => {
      checkDatabase(database);
      database.exec(SCHEMA);
      checkTable(database);
    });
    this.#identity = identityOf(path);
  }

  /** Whether another program changed something since the last {@linkcode read}. */
  hasChanged(): boolean {
    const identity = identityOf(this.#path);
    if (identity !== this.#identity || !this.#database.isOpen) this.#reopen(identity);
    return this.#dataVersion() !== this.#seenVersion;
  }

  /** Everything at one moment; reads a part at a time, so nothing else may be asked for meanwhile. */
  async read(): Promise<RouteTableContent> {
    const database = this.#database;
    const version = this.#dataVersion();
    const rows: StoredRow[] = [];
    database.exec("BEGIN");
    try {
      checkTable(database);
      const { encoding } = database.prepare("PRAGMA encoding").get() as { encoding: string };
      const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
      for (const row of database.prepare(READ).iterate()) {
        rows.push(toStoredRow(row, decoder));
        if (rows.length % ROWS_AT_ONCE === 0) await yieldToEventLoop();
      }
    } finally {
      if (database.isTransaction) database.exec("COMMIT");
    }
    this.#seenVersion = version;
    this.#isSettled = false;
    return { rows: rows.slice(0, MAX_ROWS), isCut: rows.length > MAX_ROWS };
  }

  /** Inserts or updates a row; it is durable when this returns. */
  put(key: string, value: string, updated: number): void {
    this.#isSettled = false;
    this.#database.prepare(
      "INSERT INTO functions (k, v, updated) VALUES (?, ?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v, updated = excluded.updated",
    ).run(key, value, updated);
  }

  /** Deletes a row. */
  remove(key: string): void {
    this.#isSettled = false;
    this.#database.prepare("DELETE FROM functions WHERE k = ?").run(key);
  }

  /**
   * Moves what was written into the one file, so that it can be copied, or another one moved into its place, without
   * the log beside it. For when nobody has written for a while.
   */
  settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #reopen(identity: string): void {
    this.close();
    this.#database = open(this.#path, checkDatabase);
    this.#identity = identity;
    this.#seenVersion = -1;
  }

  #dataVersion(): number {
    return Number(this.#database.prepare("PRAGMA data_version").get()?.data_version);
  }
}

function open(path: string, prepare: (database: DatabaseSync) => void): DatabaseSync {
  const database = new (sqlite().DatabaseSync)(path);
  try {
    // Waiting for other programs would hold up every request.
    database.exec(
      "PRAGMA busy_timeout = 0; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL",
    );
    prepare(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function checkDatabase(database: DatabaseSync): void {
  const found = database.prepare("PRAGMA quick_check(1)").get();
  if (found?.quick_check !== "ok") throw new Error(`it is damaged: ${found?.quick_check}`);
  try {
    database.exec("PRAGMA journal_mode = WAL");
  } catch {
    // Somebody uses it in another mode, which does as well.
  }
}

/** A view or a computed column would run another program's code whenever it is read. */
function checkTable(database: DatabaseSync): void {
  const table = database.prepare("SELECT type, sql FROM sqlite_schema WHERE name = 'functions'")
    .get();
  if (table === undefined) throw new Error("there is no table functions");
  if (table.type !== "table" || /^create\s+virtual/i.test(String(table.sql))) {
    throw new Error("functions is not a plain table");
  }
  const columns = database.prepare("PRAGMA table_info(functions)").all().map(({ name }) => name);
  const missing = COLUMNS.find((column) => !columns.includes(column));
  if (missing !== undefined) throw new Error(`the table functions has no column ${missing}`);
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}
