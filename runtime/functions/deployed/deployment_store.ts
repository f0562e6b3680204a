import { existsSync } from "node:fs";
import { join } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { sha256 } from "../version_loader.ts";
import { type DatabaseContent, DeploymentDatabase, type VersionRow } from "./database.ts";
import { isFull, reasonOf, storageError } from "./storage_error.ts";
import { VersionFiles } from "./version_files.ts";

/** The database's file in the data folder. */
export const DATABASE_FILE = "functions.db";

/**
 * Deployments on disk: rows in `functions.db`, files beside. The row is what makes a deployment one: files are
 * complete before it is written, and files without a row are leftovers, removed at the next start
 * (RATIONALE: "When is a function deployed?").
 */
export class DeploymentStore {
  /** What was there when the store was opened. */
  readonly content: DatabaseContent;
  readonly #database: DeploymentDatabase;
  readonly #files: VersionFiles;
  /** Ids of folders on disk or about to be, in lower case: some file systems do not tell cases apart. */
  readonly #ids: Set<string>;
  readonly #sweep: Promise<void>;

  private constructor(database: DeploymentDatabase, files: VersionFiles, folders: string[]) {
    this.#database = database;
    this.#files = files;
    this.content = database.read();
    const known = new Set(this.content.versions.map(({ id }) => id));
    this.#ids = new Set([...folders, ...known].map((name) => name.toLowerCase()));
    this.#sweep = this.#removeAll(folders.filter((name) => !known.has(name)));
  }

  /** @returns `storage_failed` that says what to do: nothing that cannot be read is ever written over. */
  static async open(dataFolder: string): Promise<Result<DeploymentStore, SkerryError>> {
    try {
      const path = join(dataFolder, DATABASE_FILE);
      const isNew = !existsSync(path);
      const files = await VersionFiles.open(dataFolder);
      const folders = await files.list();
      if (isNew && folders.some((name) => !name.startsWith("."))) return err(lost(folders.length));
      const database = new DeploymentDatabase(path);
      try {
        return ok(new DeploymentStore(database, files, folders));
      } catch (thrown) {
        database.close();
        throw thrown;
      }
    } catch (thrown) {
      return err(unusable(thrown));
    }
  }

  /** A new id, `<name>_<seconds>`, with a suffix where that is taken; nobody else gets it. */
  newId(name: string, seconds: number): string {
    const base = `${name}_${seconds}`;
    let id = base;
    for (let i = 2; this.#ids.has(id.toLowerCase()); i++) id = `${base}-${i}`;
    this.#ids.add(id.toLowerCase());
    return id;
  }

  /** Writes a version's files; it does not count yet. */
  async write(
    id: string,
    files: ReadonlyMap<string, Uint8Array>,
  ): Promise<Result<void, SkerryError>> {
    try {
      return ok(await this.#files.write(id, files));
    } catch (thrown) {
      this.#ids.delete(id.toLowerCase());
      return err(storageError(`store ${id}`, thrown));
    }
  }

  /** Makes a version that was written count, and the active one of its name. Durable when it returns. */
  insert(version: VersionRow): Result<void, SkerryError> {
    return this.#commit(`store ${version.id}`, () => this.#database.insert(version));
  }

  /** Makes another version the active one. Durable when it returns. */
  activate(name: string, id: string): Result<void, SkerryError> {
    return this.#commit(`activate ${id}`, () => this.#database.activate(name, id));
  }

  /** Forgets a function with all its versions. Durable when it returns. */
  remove(name: string): Result<void, SkerryError> {
    return this.#commit(`remove ${name}`, () => this.#database.remove(name));
  }

  /** Removes the files of versions that do not count. */
  async discard(ids: readonly string[]): Promise<void> {
    await this.#removeAll(ids);
  }

  /** Reads a version's files, as they were written; `storage_failed` if they are not. */
  async read(
    version: VersionRow,
    isWanted: (file: string) => boolean = () => true,
  ): Promise<Result<Map<string, Uint8Array<ArrayBuffer>>, SkerryError>> {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [file, hash] of Object.entries(JSON.parse(version.files))) {
      if (!isWanted(file)) continue;
      const bytes = await this.#files.read(version.id, file);
      if (!bytes.ok) return err(damaged(version, bytes.error));
      if (sha256(bytes.value) !== hash) return err(damaged(version, `${file} was changed`));
      files.set(file, bytes.value);
    }
    return ok(files);
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    await this.#sweep;
    this.#database.close();
  }

  #commit(attempt: string, action: () => void): Result<void, SkerryError> {
    try {
      return ok(action());
    } catch (thrown) {
      return err(storageError(attempt, thrown));
    }
  }

  async #removeAll(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#files.remove(name);
      this.#ids.delete(name.toLowerCase());
    }
  }
}

function lost(folders: number): SkerryError {
  const message = `Cannot open ${DATABASE_FILE} in the data folder: there is none, but ` +
    `functions/ beside it holds ${folders} deployed versions; restore the database, or move ` +
    `functions/ away to begin without them`;
  return skerryError("storage_failed", message);
}

function unusable(thrown: unknown): SkerryError {
  const message = `Cannot open ${DATABASE_FILE} in the data folder: ${reasonOf(thrown)}`;
  if (isFull(thrown)) return skerryError("storage_full", `${message}; make room and start again`);
  const hint = "restore it from a backup, or move it and functions/ away to begin without them";
  return skerryError("storage_failed", `${message}; nothing was changed; ${hint}`);
}

function damaged({ id }: VersionRow, reason: string): SkerryError {
  return skerryError("storage_failed", `Cannot read ${id}: ${reason}`, { id });
}
