import { Isolate } from "../isolate/isolate.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { WasiHostOptions } from "../wasi/host.ts";

/** How much a thread keeps warm. */
export interface IsolateCacheBounds {
  /** Isolates kept; V8 reserves about 10 GB of address space for each memory. @default 128 */
  readonly isolates: number;
  /** 64 KiB pages of idle memory kept over all isolates. @default 8192 (512 MiB) */
  readonly memoryPages: number;
}

const DEFAULT_BOUNDS: IsolateCacheBounds = { isolates: 128, memoryPages: 8192 };

/** The isolates of one thread, most recently used last; the others make room. */
export class IsolateCache {
  readonly #isolates = new Map<number, Isolate>();
  readonly #system: WasiHostOptions;
  readonly #bounds: IsolateCacheBounds;
  #latestId = -1;
  #latest: Isolate | undefined;

  /** @param system What every isolate of this thread shares: clock, randomness, how to wait. */
  constructor(system: WasiHostOptions, bounds: IsolateCacheBounds = DEFAULT_BOUNDS) {
    this.#system = system;
    this.#bounds = bounds;
  }

  /** The isolate of this module, made if there is none. */
  get(prepared: PreparedModule): Isolate {
    // The same function in a row is the common case under load and skips the reordering.
    if (this.#latestId === prepared.id) return this.#latest!;
    const isolate = this.#isolates.get(prepared.id) ?? this.#make(prepared);
    this.#isolates.delete(prepared.id);
    this.#isolates.set(prepared.id, isolate);
    this.#latestId = prepared.id;
    this.#latest = isolate;
    return isolate;
  }

  /** Lets go of a module that will not run again. */
  forget(moduleId: number): void {
    this.#isolates.delete(moduleId);
    if (this.#latestId === moduleId) {
      this.#latestId = -1;
      this.#latest = undefined;
    }
  }

  #make(prepared: PreparedModule): Isolate {
    this.#makeRoom();
    return new Isolate(prepared, this.#system);
  }

  #makeRoom(): void {
    let pages = 0;
    for (const isolate of this.#isolates.values()) pages += isolate.memoryPages;
    for (const [id, isolate] of this.#isolates) {
      const isFull = this.#isolates.size >= this.#bounds.isolates;
      if (!isFull && pages <= this.#bounds.memoryPages) return;
      pages -= isolate.memoryPages;
      this.forget(id);
    }
  }
}
