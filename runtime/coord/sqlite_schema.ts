import type { DatabaseSync } from "node:sqlite";

/** Raised when the tables or what is in them change their meaning. */
const VERSION = 1;

const TABLES = `
CREATE TABLE IF NOT EXISTS commands (
  last INTEGER PRIMARY KEY,  -- position of the batch's last command
  first INTEGER NOT NULL,
  batch TEXT NOT NULL        -- JSON array
);
CREATE TABLE IF NOT EXISTS snapshots (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL,
  state TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS records (
  log TEXT NOT NULL,
  idx INTEGER NOT NULL,
  off INTEGER NOT NULL,
  position INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (log, idx)
) WITHOUT ROWID;
`;

/** Makes what is missing. Throws if the file is of another version, or no database. */
export function prepareDatabase(database: DatabaseSync): void {
  // FULL: a commit returns after the data is on the disk, not only on its way there.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000");
  database.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000");
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
    user_version: number;
  };
  if (version > VERSION) {
    throw new Error(`it was written by a newer Skerry (version ${version} of its format)`);
  }
  database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${VERSION}; COMMIT`);
}
