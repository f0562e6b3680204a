import { createHash } from "node:crypto";
import { mkdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AdmitLibrary, AdmittedLibrary } from "../functions/native_function.ts";
import { ok } from "../result.ts";
import { type AllowedFolders, codeText } from "./allowed_folders.ts";
import { describeOutcome } from "./outcome.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o400;
/** In libraries that look for others beside themselves, which a copy elsewhere would not find. */
const ORIGIN = new TextEncoder().encode("$ORIGIN");

/**
 * Libraries that functions are made of. Each is copied to where only the server writes, named by its content, so that
 * replacing the file changes nothing for calls of the old version: neither a crash while it is written over, nor half a
 * library. A copy goes when the last who holds it lets go.
 */
export class LibraryCopies {
  readonly #folder: string;
  readonly #allowed: AllowedFolders;
  readonly #holders = new Map<string, number>();
  /** Changes of the folder, one after the other: a copy that goes may be wanted again at once. */
  #work: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, allowed: AllowedFolders) {
    this.#folder = folder;
    this.#allowed = allowed;
  }

  /** Empties the folder: copies of an earlier server are of no use. Rejects if it cannot be had. */
  static async open(folder: string, allowed: AllowedFolders): Promise<LibraryCopies> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    return new LibraryCopies(folder, allowed);
  }

  /** Admits libraries of the allowed folders. */
  readonly admit: AdmitLibrary = async (path, bytes) => {
    const real = await this.#allowed.resolve(path);
    if (!real.ok) return { ok: false, error: describeOutcome(real.error) };
    const name = real.value;
    if (includes(bytes, ORIGIN)) return ok({ name, path: name, hold() {}, release() {} });
    const copy = join(this.#folder, `${createHash("sha256").update(bytes).digest("hex")}.so`);
    this.#hold(copy);
    try {
      await this.#inTurn(() => write(copy, bytes));
    } catch (error) {
      this.#release(copy);
      return { ok: false, error: `it cannot be copied: ${codeText(error)}` };
    }
    return ok(this.#library(name, copy));
  };

  #library(name: string, path: string): AdmittedLibrary {
    return { name, path, hold: () => this.#hold(path), release: () => this.#release(path) };
  }

  #hold(copy: string): void {
    this.#holders.set(copy, (this.#holders.get(copy) ?? 0) + 1);
  }

  #release(copy: string): void {
    const holders = this.#holders.get(copy)! - 1;
    this.#holders.set(copy, holders);
    if (holders === 0) void this.#inTurn(() => this.#removeUnheld(copy)).catch(() => {});
  }

  async #removeUnheld(copy: string): Promise<void> {
    if (this.#holders.get(copy) !== 0) return;
    this.#holders.delete(copy);
    await unlink(copy);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#work.then(change);
    this.#work = result.catch(() => {});
    return result;
  }
}

/** A library that is there is whole. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, bytes, { mode: FILE_MODE });
  await rename(unfinished, path);
}

function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = bytes.indexOf(part[0]!); at !== -1; at = bytes.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}
