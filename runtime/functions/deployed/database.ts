import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LanguageName } from "../../build/language.ts";
import { sqlite } from "../../platform/sqlite.ts";

/** A version as its row has it. */
export interface VersionRow {
  readonly id: string;
  readonly name: string;
  /** Grows with each version of the whole database. */
  readonly sequence: number;
  readonly contentHash: string;
  readonly language: LanguageName;
  /** The text of its `NAME.toml`, if it has one. */
  readonly config: string | null;
  /** The export that is called; null for what does not run. */
  readonly entrypoint: string | null;
  /** SHA-256 of the engine that its program was made for, if it has one. */
  readonly engineHash: string | null;
  readonly hasModule: boolean;
  /** Bytes of the source. */
  readonly size: number;
  /** SHA-256 of each file that is needed to serve it, by name, as JSON. */
  readonly files: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** The layout of the tables, counted up by what changes it. */
const SCHEMA_VERSION = 1;
/** "Skry": tells Skerry's database from any other. */
const APPLICATION_ID = 0x536b7279;

const SCHEMA = `
  CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sequence INTEGER NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    config TEXT,
    entrypoint TEXT,
    engine_hash TEXT,
    has_module INTEGER NOT NULL,
    size INTEGER NOT NULL,
    files TEXT NOT NULL,
    created_at TEXT NOT NULL
  );
  CREATE TABLE functions (
    name TEXT PRIMARY KEY,
    active_id TEXT NOT NULL REFERENCES versions (id)
  );
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What the rows say together. */
export interface DatabaseContent {
  /** Oldest first. */
  readonly versions: readonly VersionRow[];
  /** The id of the active version, by name. */
  readonly active: ReadonlyMap<string, string>;
}

/**
 * `functions.db`: which deployments there are. A commit is durable when it returns (WAL, synchronous=FULL), and is
 * what makes a deployment one. Every method throws what SQLite throws.
 */
export class DeploymentDatabase {
  readonly #database: DatabaseSync;
  readonly #insertVersion: StatementSync;
  readonly #setActive: StatementSync;
  readonly #deleteFunction: StatementSync;
  readonly #deleteVersions: StatementSync;

  /** Opens the database, makes it where it is missing, and checks it. */
  constructor(path: string) {
    this.#database = new (sqlite().DatabaseSync)(path);
    try {
      this.#prepareFile();
      this.#insertVersion = this.#database.prepare(
        "INSERT INTO versions (id, name, sequence, content_hash, language, config, entrypoint, engine_hash, has_module, size, files, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      );
      this.#setActive = this.#database.prepare(
        "INSERT INTO functions (name, active_id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET active_id = excluded.active_id",
      );
      this.#deleteFunction = this.#database.prepare("DELETE FROM functions WHERE name = ?");
      this.#deleteVersions = this.#database.prepare("DELETE FROM versions WHERE name = ?");
    } catch (thrown) {
      this.#database.close();
      throw thrown;
    }
  }

  /** Everything, in one pass. */
  read(): DatabaseContent {
    const versions = this.#database.prepare("SELECT * FROM versions ORDER BY sequence").all();
    const functions = this.#database.prepare("SELECT name, active_id FROM functions").all();
    return {
      versions: versions.map(toVersion),
      active: new Map(functions.map((row) => [String(row.name), String(row.active_id)])),
    };
  }

  /** Adds a version and makes it the active one. */
  insert(version: VersionRow): void {
    this.#transaction(() => {
      this.#insertVersion.run(
        version.id,
        version.name,
        version.sequence,
        version.contentHash,
        version.language,
        version.config,
        version.entrypoint,
        version.engineHash,
        version.hasModule ? 1 : 0,
        version.size,
        version.files,
        version.createdAt,
      );
      this.#setActive.run(version.name, version.id);
    });
  }

  /** Makes another version the active one. */
  activate(name: string, id: string): void {
    this.#transaction(() => this.#setActive.run(name, id));
  }

  /** Forgets a function with all its versions. */
  remove(name: string): void {
    this.#transaction(() => {
      this.#deleteFunction.run(name);
      this.#deleteVersions.run(name);
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepareFile(): void {
    const database = this.#database;
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const tables = Number(database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n);
    const version = pragma(database, "user_version");
    if (tables === 0 && version === 0) return this.#transaction(() => database.exec(SCHEMA));
    if (pragma(database, "application_id") !== APPLICATION_ID) {
      throw new Error("it is the database of another program");
    }
    if (version !== SCHEMA_VERSION) {
      throw new Error(`its layout is version ${version}, and this Skerry knows ${SCHEMA_VERSION}`);
    }
    const found = database.prepare("PRAGMA quick_check(1)").get();
    if (found?.quick_check !== "ok") throw new Error(`it is damaged: ${found?.quick_check}`);
  }

  #transaction(action: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      action();
      this.#database.exec("COMMIT");
    } catch (thrown) {
      // SQLite has rolled back by itself where the disk is full.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw thrown;
    }
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function toVersion(row: Record<string, unknown>): VersionRow {
  return {
    id: String(row.id),
    name: String(row.name),
    sequence: Number(row.sequence),
    contentHash: String(row.content_hash),
    language: String(row.language) as LanguageName,
    config: toText(row.config),
    entrypoint: toText(row.entrypoint),
    engineHash: toText(row.engine_hash),
    hasModule: row.has_module === 1,
    size: Number(row.size),
    files: String(row.files),
    createdAt: String(row.created_at),
  };
}

function toText(value: unknown): string | null {
  return value === null ? null : String(value);
}
