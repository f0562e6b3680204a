import { createHash } from "node:crypto";
import type { EngineName } from "../build/artifact.ts";
import type { SkerryError } from "../errors.ts";
import type { Prepare } from "../isolate/prepare.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { ok, type Result } from "../result.ts";

/** Reads an engine's module, as it was built; `toolchain_missing` if it is not installed. */
export type LoadEngine = (
  engine: EngineName,
) => Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>>;

/** An engine that can run programs. */
export interface PreparedEngine {
  readonly prepared: PreparedModule;
  /** SHA-256 of its module: a program's snapshot fits no other. */
  readonly hash: string;
}

/** Engines, or limits of one, that are kept. */
const MAX_ENGINES = 16;

/**
 * Engines, each prepared once for each memory limit and shared by all functions of its languages. Concurrent
 * callers share one preparation; a failed one is tried again by the next.
 */
export class EngineCache {
  readonly #loadEngine: LoadEngine;
  readonly #prepare: Prepare;
  readonly #engines = new Map<string, Promise<Result<PreparedEngine, SkerryError>>>();

  constructor(loadEngine: LoadEngine, prepare: Prepare) {
    this.#loadEngine = loadEngine;
    this.#prepare = prepare;
  }

  /** The engine for functions that may use this many 64 KiB pages. */
  get(engine: EngineName, memoryPages: number): Promise<Result<PreparedEngine, SkerryError>> {
    const key = `${engine} ${memoryPages}`;
    const prepared = this.#engines.get(key) ?? this.#load(key, engine, memoryPages);
    // Most recently used last; functions that serve hold on to theirs.
    this.#engines.delete(key);
    this.#engines.set(key, prepared);
    const [oldest] = this.#engines.keys();
    if (this.#engines.size > MAX_ENGINES) this.#engines.delete(oldest!);
    return prepared;
  }

  #load(key: string, engine: EngineName, memoryPages: number) {
    const loading = this.#prepareEngine(engine, memoryPages);
    const forget = () => {
      if (this.#engines.get(key) === loading) this.#engines.delete(key);
    };
    loading.then((result) => result.ok || forget(), forget);
    return loading;
  }

  async #prepareEngine(
    engine: EngineName,
    memoryPages: number,
  ): Promise<Result<PreparedEngine, SkerryError>> {
    const bytes = await this.#loadEngine(engine);
    if (!bytes.ok) return bytes;
    const hash = createHash("sha256").update(bytes.value).digest("hex");
    // Given away by `prepare`, and whoever read it may keep it.
    const prepared = await this.#prepare(bytes.value.slice(), { memoryPages });
    return prepared.ok ? ok({ prepared: prepared.value, hash }) : prepared;
  }
}
