import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";
import { decodeArtifact, encodeArtifact } from "./artifact_file.ts";

/** Options of {@linkcode BuildCache}. */
export interface BuildCacheOptions {
  readonly folder: string;
  /** What all entries may take together, bytes; the longest unused go first. @default 512 MiB */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
/** How full the cache is after entries were removed: not again for the very next one. */
const KEPT_SHARE = 0.75;
const DIGEST_BYTES = 32;
const PARTIAL = ".partial";
/** A partial file this old is what a server left that was killed, milliseconds. */
const ABANDONED_MS = 3_600_000;

/**
 * Built output on disk, by key. Each file carries a digest of its content, is written beside its place and
 * renamed into it, and is ignored if it is not what it was: killing the server at any moment, or two servers
 * on one folder, harm nothing. A folder that cannot be written makes it empty, and no build fails.
 */
export class BuildCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** What the files take; undefined until they were first counted. */
  #bytes: number | undefined;

  constructor({ folder, maxBytes = DEFAULT_MAX_BYTES }: BuildCacheOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** @param key Lower-case hexadecimal. */
  async get(key: string): Promise<Artifact | undefined> {
    const path = join(this.#folder, key);
    try {
      const file = await readFile(path);
      const content = file.subarray(DIGEST_BYTES);
      const artifact = digest(content).equals(file.subarray(0, DIGEST_BYTES))
        ? decodeArtifact(content)
        : undefined;
      if (artifact === undefined) await rm(path, { force: true });
      else await utimes(path, new Date(), new Date());
      return artifact;
    } catch {
      // Absent, or not to be read: then it is built again.
      return undefined;
    }
  }

  /** Keeps an artifact. */
  async put(key: string, artifact: Artifact): Promise<void> {
    const content = encodeArtifact(artifact);
    const partial = join(this.#folder, `${randomUUID()}${PARTIAL}`);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(partial, Buffer.concat([digest(content), content]));
      await rename(partial, join(this.#folder, key));
      await this.#account(content.length + DIGEST_BYTES);
    } catch {
      // A full disk, say. What was built is served all the same.
      await rm(partial, { force: true }).catch(() => {});
    }
  }

  async #account(addedBytes: number): Promise<void> {
    this.#bytes = this.#bytes === undefined ? Infinity : this.#bytes + addedBytes;
    if (this.#bytes <= this.#maxBytes) return;
    const entries = await this.#entries();
    let bytes = entries.reduce((sum, { size }) => sum + size, 0);
    const keptBytes = bytes > this.#maxBytes ? this.#maxBytes * KEPT_SHARE : bytes;
    for (const { path, size } of entries) {
      if (bytes <= keptBytes) break;
      await rm(path, { force: true });
      bytes -= size;
    }
    this.#bytes = bytes;
  }

  /** The longest unused first; what was left half-written goes. */
  async #entries(): Promise<{ path: string; size: number; usedMs: number }[]> {
    const entries = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const { size, mtimeMs } = await stat(path);
      const isAbandoned = name.endsWith(PARTIAL) && Date.now() - mtimeMs > ABANDONED_MS;
      if (isAbandoned) await rm(path, { force: true });
      else entries.push({ path, size, usedMs: mtimeMs });
    }
    return entries.sort((a, b) => a.usedMs - b.usedMs);
  }
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
