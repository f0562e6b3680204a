import { readdir } from "node:fs/promises";
import type { Clock } from "../../clock.ts";

/** How long a listing may be used: a file dropped into the folder is to be served within a second. */
const FRESH_MS = 500;

/**
 * The names right below the public folder. They keep dynamic functions on the fast path: a path whose first segment is
 * no public name cannot be a public file, and that is known without asking the file system.
 */
export class TopLevelNames {
  readonly #folder: string;
  readonly #clock: Clock;
  #names: ReadonlySet<string> = new Set();
  #listedMs = -Infinity;
  #listing: Promise<void> | undefined;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Whether the folder holds this name; a promise only when the listing is out of date. */
  has(name: string): boolean | Promise<boolean> {
    if (this.#clock.monotonicMs() - this.#listedMs < FRESH_MS) return this.#names.has(name);
    this.#listing ??= this.#list();
    return this.#listing.then(() => this.#names.has(name));
  }

  async #list(): Promise<void> {
    // A missing folder has no names: it may be made later.
    this.#names = new Set(await readdir(this.#folder).catch(() => []));
    this.#listedMs = this.#clock.monotonicMs();
    this.#listing = undefined;
  }
}
