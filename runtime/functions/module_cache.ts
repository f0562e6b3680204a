/** Something whose compiled module is kept. */
export interface CachedModule {
  /** Set to {@linkcode ModuleCache.time} whenever it is used. */
  lastUsed: number;
  /** Whether somebody needs it now; what nobody needs never displaces another. */
  readonly isWanted: boolean;
  readonly isEvictable: boolean;
  /** Lets go of the module. */
  unload(): void;
}

/** Bounds of a {@linkcode ModuleCache}. */
export interface ModuleCacheLimits {
  readonly maxModules: number;
  /** Bytes of the modules' files, over all of them. */
  readonly maxBytes: number;
}

/**
 * Bounds the compiled modules kept, by letting go of the least recently used. Time passes only when a module
 * is kept, so that noting a use on the hot path is one store and no reading of a clock.
 */
export class ModuleCache<T extends CachedModule> {
  /** The time now; what is used notes it. */
  time = 0;
  readonly #limits: ModuleCacheLimits;
  readonly #sizes = new Map<T, number>();
  #bytes = 0;

  constructor(limits: ModuleCacheLimits) {
    this.#limits = limits;
  }

  /** Keeps a module of so many bytes, at the cost of others if it is wanted; else it may be let go at once. */
  keep(item: T, bytes: number): void {
    this.forget(item);
    if (!item.isWanted && !this.#hasRoomFor(bytes)) return item.unload();
    item.lastUsed = this.time++;
    while (!this.#hasRoomFor(bytes)) {
      const victim = this.#leastRecentlyUsed();
      if (victim === undefined) break;
      this.forget(victim);
      victim.unload();
    }
    this.#sizes.set(item, bytes);
    this.#bytes += bytes;
  }

  /** Stops counting a module. */
  forget(item: T): void {
    this.#bytes -= this.#sizes.get(item) ?? 0;
    this.#sizes.delete(item);
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#sizes.size < this.#limits.maxModules &&
      this.#bytes + bytes <= this.#limits.maxBytes;
  }

  /** A walk over all: it happens once per preparation, which takes far longer. */
  #leastRecentlyUsed(): T | undefined {
    let oldest: T | undefined;
    for (const item of this.#sizes.keys()) {
      if (!item.isEvictable) continue;
      if (oldest === undefined || item.lastUsed < oldest.lastUsed) oldest = item;
    }
    return oldest;
  }
}
