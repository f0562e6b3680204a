import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";

/**
 * Hints that something in a folder may have changed. A hint says neither what nor where, may come more than
 * once, and may be lost: the system's queue overflows, network folders have no events, watches run out.
 */
export interface ChangeHints {
  /** How often to look without a hint. @default every 2 s, and for a hundredth of the time */
  readonly rescanPace?: RescanPace;
  /**
   * Tells which folders there are now, by path and identity.
   *
   * @returns Whether new ones are watched: what happened in them before is only seen by looking again.
   */
  update(folders: ReadonlyMap<string, string>): boolean;
  close(): void;
}

/** How often a folder is looked at. */
export interface RescanPace {
  /** Milliseconds from one look to the next, at least. */
  readonly minMs: number;
  /** The wait is at least this many times as long as the look took. */
  readonly costFactor: number;
}

/** Starts listening for hints; the folders come with the first `update`. */
export type OpenChangeHints = (onHint: () => void) => ChangeHints;

/** Without hints: a look at 1,000 files takes about 45 ms, so a change is seen within half a second. */
export const POLLING_PACE: RescanPace = { minMs: 300, costFactor: 5 };

/** No hints: the folder is looked at often instead. */
export const openNoHints: OpenChangeHints = () => ({
  rescanPace: POLLING_PACE,
  update: () => false,
  close() {},
});

/** Each watch takes kernel memory; in folders beyond this many, changes are found by the slow rescan. */
const MAX_WATCHED_FOLDERS = 4096;

/**
 * Hints from the system by `node:fs.watch`, one watch per folder: recursive watches behave differently on
 * Deno, on Node and on each system, and none of them survives the folder being recreated.
 */
export class FolderHints implements ChangeHints {
  readonly #root: string;
  readonly #onHint: () => void;
  readonly #watches = new Map<string, { identity: string; watcher: FSWatcher }>();

  constructor(root: string, onHint: () => void) {
    this.#root = root;
    this.#onHint = onHint;
  }

  update(folders: ReadonlyMap<string, string>): boolean {
    for (const [folder, { identity }] of this.#watches) {
      if (folders.get(folder) !== identity) this.#unwatch(folder);
    }
    let hasNew = false;
    for (const [folder, identity] of folders) {
      if (this.#watches.size >= MAX_WATCHED_FOLDERS) break;
      if (!this.#watches.has(folder)) hasNew = this.#watch(folder, identity) || hasNew;
    }
    return hasNew;
  }

  close(): void {
    for (const folder of [...this.#watches.keys()]) this.#unwatch(folder);
  }

  #watch(folder: string, identity: string): boolean {
    try {
      const watcher = watch(join(this.#root, folder), this.#onHint);
      this.#watches.set(folder, { identity, watcher });
      // Deno reports a folder that cannot be watched here, Node throws.
      watcher.on("error", () => {
        if (this.#watches.get(folder)?.watcher === watcher) this.#unwatch(folder);
      });
      return true;
    } catch {
      return false;
    }
  }

  #unwatch(folder: string): void {
    this.#watches.get(folder)?.watcher.close();
    this.#watches.delete(folder);
  }
}
