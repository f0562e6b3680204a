import { createHash } from "node:crypto";
import { type FunctionLogEntry, parseEntries } from "./function_log_entry.ts";
import type { LogFiles } from "./log_files.ts";

/** How much is kept on disk. */
export interface LogStoreBounds {
  /** Bytes at which a function's file becomes its older one; each function has at most two. @default 1 MiB */
  readonly fileBytes: number;
  /** Bytes over all functions; the files that were not written for longest go. @default 256 MiB */
  readonly totalBytes: number;
}

export const DEFAULT_LOG_STORE_BOUNDS: LogStoreBounds = {
  fileBytes: 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
};

/** What is removed goes down to this share, so that it is not to be done again at once. */
const SHARE_KEPT = 0.9;
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,100}$/;
const SLUG_CHARACTERS = 60;

/** The entries of functions on disk: two files a function, `NAME.jsonl` and the older `NAME.1.jsonl`. */
export class LogStore {
  readonly #files: LogFiles;
  readonly #bounds: LogStoreBounds;
  #known: Map<string, { size: number; modifiedMs: number }> | undefined;
  #totalBytes = 0;
  /** Files whose last line may lack its end. */
  readonly #torn = new Set<string>();

  constructor(files: LogFiles, bounds: LogStoreBounds = DEFAULT_LOG_STORE_BOUNDS) {
    this.#files = files;
    this.#bounds = bounds;
  }

  /** Appends entries of one function. Rejects if the disk does not take them. Not to be called concurrently. */
  async append(
    route: string,
    entries: readonly FunctionLogEntry[],
    timeMs: number,
  ): Promise<void> {
    const base = logFileBase(route);
    const known = await this.#open();
    let text = "";
    for (const entry of entries) {
      const line = JSON.stringify(entry) + "\n";
      const size = known.get(`${base}.jsonl`)?.size ?? 0;
      if (size + text.length + line.length > this.#bounds.fileBytes && size + text.length > 0) {
        await this.#write(base, text, timeMs);
        await this.#rotate(base);
        text = "";
      }
      text += line;
    }
    await this.#write(base, text, timeMs);
    await this.#evict(`${base}.jsonl`);
  }

  /** Every entry kept of a function, oldest first. */
  async read(route: string): Promise<FunctionLogEntry[]> {
    const base = logFileBase(route);
    const older = await this.#files.read(`${base}.1.jsonl`);
    const newer = await this.#files.read(`${base}.jsonl`);
    return [...parseEntries(older ?? ""), ...parseEntries(newer ?? "")];
  }

  async #open(): Promise<Map<string, { size: number; modifiedMs: number }>> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, { size: number; modifiedMs: number }>();
    for (const { name, size, modifiedMs } of await this.#files.list()) {
      known.set(name, { size, modifiedMs });
      this.#totalBytes += size;
      // The last server may have been killed in the middle of a line.
      this.#torn.add(name);
    }
    return this.#known = known;
  }

  async #write(base: string, text: string, timeMs: number): Promise<void> {
    if (text === "") return;
    const name = `${base}.jsonl`;
    const whole = this.#torn.has(name) ? "\n" + text : text;
    this.#torn.add(name);
    await this.#files.append(name, whole);
    this.#torn.delete(name);
    const bytes = new TextEncoder().encode(whole).length;
    const size = (this.#known!.get(name)?.size ?? 0) + bytes;
    this.#known!.set(name, { size, modifiedMs: timeMs });
    this.#totalBytes += bytes;
  }

  async #rotate(base: string): Promise<void> {
    const [name, older] = [`${base}.jsonl`, `${base}.1.jsonl`];
    await this.#files.rename(name, older);
    const known = this.#known!;
    this.#totalBytes -= known.get(older)?.size ?? 0;
    const moved = known.get(name);
    if (moved !== undefined) known.set(older, moved);
    known.delete(name);
  }

  /** Removes what was not written for longest, but never what is being written. */
  async #evict(current: string): Promise<void> {
    if (this.#totalBytes <= this.#bounds.totalBytes) return;
    const known = this.#known!;
    const oldestFirst = [...known].sort(([, a], [, b]) => a.modifiedMs - b.modifiedMs);
    for (const [name, { size }] of oldestFirst) {
      if (this.#totalBytes <= this.#bounds.totalBytes * SHARE_KEPT) return;
      if (name === current) continue;
      await this.#files.remove(name);
      known.delete(name);
      this.#totalBytes -= size;
    }
  }
}

/** A route as the beginning of a file name: itself where it is plain, else readable and with a hash. */
export function logFileBase(route: string): string {
  const name = route.replace(/^\//, "");
  if (PLAIN_NAME.test(name)) return name;
  const slug = name.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, SLUG_CHARACTERS);
  const hash = createHash("sha256").update(route).digest("hex").slice(0, 16);
  // No plain name has this character, so none can be taken for another's.
  return `${slug}~${hash}`;
}
