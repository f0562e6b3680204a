import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact, EngineName, ModuleArtifact } from "./artifact.ts";
import { BuildCache } from "./build_cache.ts";
import { Builders, type BuildersOptions } from "./builders.ts";
import { limitExceeded } from "./diagnostics.ts";
import type { Build, Language, LanguageName, Source } from "./language.ts";
import { createLanguages, type LanguageContext } from "./languages.ts";
import { TOOL_VARIABLES } from "./native/find_program.ts";

/** Options of {@linkcode createBuildService}. */
export interface BuildServiceOptions extends BuildersOptions {
  /** Where built output and what compilers keep goes, usually `<data>/cache`. It may be removed at any time. */
  readonly cacheFolder: string;
  /** Where `npm install --prefix` put toolchains, usually `<data>/toolchains`. @default none */
  readonly toolchainsFolder?: string;
  /** The server's environment, for where compilers are. @default none: only the usual places */
  readonly environment?: (name: string) => string | undefined;
  /** Bytes of a source; prebuilt modules may be 64 MiB. @default 4 MiB */
  readonly maxSourceBytes?: number;
  /** Bytes of what is built. @default 64 MiB */
  readonly maxOutputBytes?: number;
  /** Bytes of built output kept on disk. @default 512 MiB */
  readonly maxCacheBytes?: number;
}

/** Builds, and what is needed to end it. */
export interface BuildService {
  readonly build: Build;
  /** Makes an interpreter's module; `toolchain_missing` if its package is not there. Never rejects. */
  readonly loadEngine: (
    engine: EngineName,
  ) => Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>>;
  /** Ends the threads and the compilers they started; every build is answered `shutting_down`. */
  stop(): void;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_MAX_SOURCE_BYTES = 4 * MEBIBYTE;
const DEFAULT_MAX_OUTPUT_BYTES = 64 * MEBIBYTE;
/** A module is not compiled from, only looked at. */
const MAX_PREBUILT_BYTES = 64 * MEBIBYTE;

/**
 * Builds sources into what the server runs: in threads of the role `builder`, which start with the first
 * build, with the output cached. Equal builds that are asked for at once are made once.
 *
 * To wire it: give `spawn` the platform's threads, hand `build` to whoever deploys, call `stop` at the end.
 *
 * @example
 * ```ts
 * import process from "node:process";
 * import type { Platform } from "../platform/platform.ts";
 * import { createBuildService } from "./build_service.ts";
 *
 * async function buildHello(platform: Platform) {
 *   const service = createBuildService({
 *     spawn: () => platform.spawnWorker("builder"),
 *     cacheFolder: ".skerry/cache",
 *     toolchainsFolder: ".skerry/toolchains",
 *     environment: (name) => process.env[name],
 *   });
 *   const bytes = new TextEncoder().encode("int main(void) { return 0; }");
 *   const artifact = await service.build("c", { fileName: "hello.c", bytes });
 *   console.log(artifact.ok);
 *   service.stop();
 * }
 * ```
 */
export function createBuildService(options: BuildServiceOptions): BuildService {
  const service = new CachedBuilds(options);
  return {
    build: (language, source) => service.build(language, source),
    loadEngine: (engine) => service.loadEngine(engine),
    stop: () => service.stop(),
  };
}

class CachedBuilds {
  readonly #builders: Builders;
  readonly #cache: BuildCache;
  readonly #context: LanguageContext;
  readonly #languages: ReadonlyMap<LanguageName, Language>;
  readonly #options: BuildServiceOptions;
  /** Builds in progress by key. */
  readonly #running = new Map<string, Promise<Result<Artifact, SkerryError>>>();

  constructor(options: BuildServiceOptions) {
    this.#options = options;
    this.#builders = new Builders(options);
    // Compilers and modules are not loaded from where the server was started.
    const cacheFolder = resolve(options.cacheFolder);
    const { toolchainsFolder: toolchains, timeoutMs, loadTimeoutMs } = options;
    const toolchainsFolder = toolchains && resolve(toolchains);
    const maxBytes = options.maxCacheBytes;
    this.#cache = new BuildCache({ folder: join(cacheFolder, "builds"), maxBytes });
    const environment = Object.fromEntries(
      TOOL_VARIABLES.map((name) => [name, options.environment?.(name)]),
    );
    const places = { toolchainsFolder, workFolder: cacheFolder };
    this.#context = { ...places, environment, timeoutMs, loadTimeoutMs };
    this.#languages = createLanguages(this.#context);
  }

  async build(
    name: LanguageName,
    source: Source,
  ): Promise<Result<Artifact, SkerryError>> {
    const language = this.#languages.get(name);
    if (language === undefined) return err(unknownLanguage(name));
    const error = this.#tooLarge(name, source);
    if (error !== undefined) return err(error);
    const key = await cacheKey(language, source);
    const running = this.#running.get(key) ?? this.#buildOnce(key, name, source);
    this.#running.set(key, running);
    try {
      return await running;
    } finally {
      this.#running.delete(key);
    }
  }

  async loadEngine(engine: EngineName): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
    const task = { engine, fileName: engine, context: this.#context };
    const made = await this.#builders.build(task);
    if (!made.ok) return made;
    return ok((made.value as ModuleArtifact).module as Uint8Array<ArrayBuffer>);
  }

  stop(): void {
    this.#builders.stop();
  }

  async #buildOnce(
    key: string,
    language: LanguageName,
    { fileName, bytes }: Source,
  ): Promise<Result<Artifact, SkerryError>> {
    const cached = await this.#cache.get(key);
    if (cached !== undefined) return { ok: true, value: cached };
    const context = this.#context;
    // A copy, since it is transferred: the source stays the caller's.
    const { buffer } = bytes.slice();
    const result = await this.#builders.build({ language, fileName, buffer, context });
    if (!result.ok) return result;
    const maxBytes = this.#options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    if (sizeOf(result.value) > maxBytes) {
      return err(limitExceeded(fileName, "output", `its output is larger than ${maxBytes} bytes`));
    }
    await this.#cache.put(key, result.value);
    return result;
  }

  #tooLarge(name: LanguageName, { fileName, bytes }: Source): SkerryError | undefined {
    const { maxSourceBytes = DEFAULT_MAX_SOURCE_BYTES } = this.#options;
    const maxBytes = name === "wasm" ? MAX_PREBUILT_BYTES : maxSourceBytes;
    if (bytes.length <= maxBytes) return undefined;
    const found = `it has ${bytes.length} bytes, over the limit of ${maxBytes}`;
    return limitExceeded(fileName, "source", found);
  }
}

/** The file's name is part of it: messages, `__FILE__` and traces hold it. */
async function cacheKey(language: Language, { fileName, bytes }: Source): Promise<string> {
  const version = await language.toolchainVersion();
  const inputs = JSON.stringify([language.name, version, fileName, bytes.length]);
  return createHash("sha256").update(inputs).update(bytes).digest("hex");
}

function sizeOf(artifact: Artifact): number {
  if (artifact.kind === "static") return artifact.body.length;
  return moduleSize(artifact) + snapshotSize(artifact);
}

function moduleSize({ module }: ModuleArtifact): number {
  return typeof module === "string" ? 0 : module.length;
}

function snapshotSize({ program }: ModuleArtifact): number {
  return program?.snapshot?.extents.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? 0;
}

function unknownLanguage(name: string): SkerryError {
  return skerryError("bad_request", `Cannot build: ${name} is not a language Skerry builds`);
}
