import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SkerryError } from "../../errors.ts";
import { ok, type Result } from "../../result.ts";

/** Options of {@linkcode GoCache}. */
export interface GoCacheOptions {
  /** One version's alone. */
  readonly folder: string;
  /** Bytes of compiled packages; above it the cache begins anew. @default 1 GiB */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;
/** Builds between two looks at its size. One adds what it compiles, usually a few hundred KiB. */
const BUILDS_PER_LOOK = 16;

/**
 * What Go compiled of its library and of sources, kept between builds. Go itself lets several compilers share
 * it, and finds out what one that was killed left unfinished.
 */
export class GoCache {
  readonly folder: string;
  readonly #maxBytes: number;
  #buildsUntilLook = 0;

  constructor({ folder, maxBytes = DEFAULT_MAX_BYTES }: GoCacheOptions) {
    this.folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * Makes the cache ready for a build: with the usual part of the library in it, and not larger than it may be.
   *
   * @param compileLibrary Compiles that part; what an attempt that failed compiled is kept for the next
   */
  async prepare(
    compileLibrary: () => Promise<Result<unknown, SkerryError>>,
  ): Promise<Result<void, SkerryError>> {
    if (this.#buildsUntilLook-- <= 0) {
      this.#buildsUntilLook = BUILDS_PER_LOOK;
      if (await sizeOf(this.folder) > this.#maxBytes) await this.#remove();
    }
    const mark = join(this.folder, "warm");
    if (existsSync(mark)) return ok(undefined);
    await mkdir(this.folder, { recursive: true });
    const built = await compileLibrary();
    if (!built.ok) return built;
    await writeFile(mark, "");
    return ok(undefined);
  }

  /** Out of the way at once: nothing begins with a part of it. */
  async #remove(): Promise<void> {
    const removed = `${this.folder}.${randomUUID()}`;
    await rename(this.folder, removed);
    await rm(removed, { recursive: true, force: true });
  }
}

/** Of all files in it; 0 if it is absent. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) => stat(join(folder, name)).then(({ size }) => size, () => 0));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
