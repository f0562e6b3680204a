import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { err, type Result } from "../../result.ts";
import { readRegularFile } from "../read_file.ts";

/** Nothing that was deployed is larger. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const UNFINISHED = ".unfinished-";
/** What this class makes: a version's folder, or one that never became one. */
const OWN_NAME = /^(\.unfinished-.+|.+_\d+(-\d+)?)$/;
const PRIVATE_MODE = 0o700;

/**
 * The folders of versions, `<data>/functions/<id>/`. A folder is there with all its files on the disk, or not at
 * all; whether it counts is the database's to say. Every method rejects with what the system answers.
 */
export class VersionFiles {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder of all versions, if need be. */
  static async open(dataFolder: string): Promise<VersionFiles> {
    const folder = join(dataFolder, "functions");
    await mkdir(folder, { recursive: true, mode: PRIVATE_MODE });
    await syncFolder(dataFolder);
    return new VersionFiles(folder);
  }

  /** Names of everything there that this class made. */
  async list(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => OWN_NAME.test(name));
  }

  /** Makes a version's folder; it and its files are on the disk when this resolves. */
  async write(id: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const unfinished = join(this.#folder, UNFINISHED + id);
    try {
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { mode: PRIVATE_MODE });
      for (const [name, bytes] of files) await writeDurably(join(unfinished, name), bytes);
      await syncFolder(unfinished);
      await rename(unfinished, join(this.#folder, id));
      await syncFolder(this.#folder);
    } catch (thrown) {
      await this.#removeQuietly(UNFINISHED + id);
      throw thrown;
    }
  }

  /** Reads one of a version's files; the error continues a sentence. */
  async read(id: string, file: string): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
    const bytes = await readRegularFile(join(this.#folder, id, file), MAX_FILE_BYTES);
    return bytes.ok ? bytes : err(`${file} cannot be read: ${bytes.error}`);
  }

  /** Removes what was made; what cannot be removed now is found again at the next start. */
  async remove(name: string): Promise<void> {
    await this.#removeQuietly(name);
  }

  async #removeQuietly(name: string): Promise<void> {
    await rm(join(this.#folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Without this a file may be on the disk and its name not. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
