import type { PostCall } from "../coord/guest/coord_caller.ts";
import type { CoordGrant } from "../coord/guest/coord_grant.ts";
import { coordMounts } from "../coord/guest/coord_mounts.ts";
import { Isolate } from "../isolate/isolate.ts";
import { type MountGrant, openMounts } from "../isolate/mount_grant.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { Program } from "../isolate/program.ts";
import { NO_RESETS, type ResetCounts } from "../isolate/reset_counts.ts";
import type { WasiHostOptions } from "../wasi/host.ts";

/** What an isolate is made of. */
export interface IsolateParts {
  readonly prepared: PreparedModule;
  readonly mounts?: readonly MountGrant[];
  readonly coord?: CoordGrant;
  readonly program?: Program;
}

/** How much a thread keeps warm. */
export interface IsolateCacheBounds {
  /** Isolates kept. @default 128 */
  readonly isolates: number;
  /** Memories over all isolates; V8 reserves about 10 GB of address space for each. @default 256 */
  readonly memories: number;
  /** 64 KiB pages of idle memory kept over all isolates. @default 8192 (512 MiB) */
  readonly memoryPages: number;
}

const DEFAULT_BOUNDS: IsolateCacheBounds = { isolates: 128, memories: 256, memoryPages: 8192 };

/**
 * The isolates of one thread by whatever names a target there, most recently used last; the others make
 * room. Two targets share none, even of the same module: what one is let go of, the other keeps.
 */
export class IsolateCache<K> {
  /** Of all isolates this thread has had. */
  readonly resets: ResetCounts = { ...NO_RESETS };
  readonly #isolates = new Map<K, Isolate>();
  readonly #system: WasiHostOptions;
  readonly #bounds: IsolateCacheBounds;
  readonly #postCall: PostCall | undefined;
  #latestKey: K | undefined;
  #latest: Isolate | undefined;

  /**
   * @param system What every isolate of this thread shares: clock, randomness, how to wait.
   * @param postCall How runs reach locks and logs. @default not at all
   */
  constructor(
    system: WasiHostOptions,
    bounds: IsolateCacheBounds = DEFAULT_BOUNDS,
    postCall?: PostCall,
  ) {
    this.#system = system;
    this.#bounds = bounds;
    this.#postCall = postCall;
  }

  /** The isolate of this target, made if there is none. */
  get(key: K, parts: IsolateParts): Isolate {
    // The same function in a row is the common case under load and skips the reordering.
    if (this.#latest !== undefined && this.#latestKey === key) return this.#latest;
    const isolate = this.#isolates.get(key) ?? this.#make(parts);
    this.#isolates.delete(key);
    this.#isolates.set(key, isolate);
    this.#latestKey = key;
    this.#latest = isolate;
    return isolate;
  }

  /** Lets go of a target that will not run again. */
  forget(key: K): void {
    this.#isolates.delete(key);
    if (this.#latestKey !== key) return;
    this.#latestKey = undefined;
    this.#latest = undefined;
  }

  #make({ prepared, mounts: grants = [], coord, program }: IsolateParts): Isolate {
    this.#makeRoom(prepared.info.memories.length);
    const postCall = this.#postCall;
    const mounts = [
      ...coord === undefined || postCall === undefined ? [] : coordMounts(coord, postCall),
      ...openMounts(grants),
    ];
    const system = mounts.length === 0 ? this.#system : { ...this.#system, mounts };
    return new Isolate(prepared, system, program, this.resets);
  }

  #makeRoom(newMemories: number): void {
    let pages = 0;
    let memories = newMemories;
    for (const isolate of this.#isolates.values()) {
      pages += isolate.memoryPages;
      memories += isolate.memoryCount;
    }
    for (const [key, isolate] of this.#isolates) {
      const isFull = this.#isolates.size >= this.#bounds.isolates ||
        memories > this.#bounds.memories;
      if (!isFull && pages <= this.#bounds.memoryPages) return;
      pages -= isolate.memoryPages;
      memories -= isolate.memoryCount;
      this.forget(key);
    }
  }
}
