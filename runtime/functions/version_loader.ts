import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { yieldToEventLoop } from "../yield_to_event_loop.ts";
import { type ReadFile, readRegularFile } from "./read_file.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import { isLibrary, languageOf } from "./source_language.ts";
import { makeSourceVersion, type SourceVersion } from "./source_version.ts";
import { ownBytes, type VersionMaker } from "./version_maker.ts";

/** Why a content cannot be served. */
export interface LoadFailure {
  readonly error: SkerryError;
  /** Equal for equal content, so that one content is reported once. */
  readonly contentId: string;
}

/** The files of one function, relative to the functions folder. */
export interface FunctionFiles {
  /** A module, or the source it is built from. */
  readonly module: string;
  /** Undefined if there is no configuration. */
  readonly config: string | undefined;
}

/** No module of the languages Skerry knows comes near this; V8 itself stops at 1 GiB. */
const MAX_MODULE_BYTES = 128 * 1024 * 1024;
/** Parsed on the server's thread, where a megabyte took up to 250 ms. */
const MAX_CONFIG_BYTES = 64 * 1024;

/** What {@linkcode VersionLoader} needs. */
export interface VersionLoaderOptions {
  readonly folder: string;
  readonly maker: VersionMaker;
  /** @default {@linkcode readRegularFile} */
  readonly readFile?: ReadFile;
}

/** Makes a version of a function from its files. */
export class VersionLoader {
  readonly #options: VersionLoaderOptions;
  readonly #readFile: ReadFile;

  constructor(options: VersionLoaderOptions) {
    this.#options = options;
    this.#readFile = options.readFile ?? readRegularFile;
  }

  /**
   * Reads, checks and prepares.
   *
   * @param current The version that serves now: returned itself if the content is the same, and its module
   * is used again if only the configuration changed.
   */
  async load(
    files: FunctionFiles,
    current: LoadedVersion | undefined,
  ): Promise<Result<LoadedVersion, LoadFailure>> {
    const bytes = await this.#read(files.module, "invalid_module");
    if (!bytes.ok) return bytes;
    const configBytes = await this.#readConfig(files.config);
    if (!configBytes.ok) return configBytes;
    const size = bytes.value.length;
    const moduleHash = await hashInSlices(bytes.value);
    const id = sha256(moduleHash, configBytes.value ?? "");
    if (id === current?.id) return ok(current);
    const version = await this.#build(files, bytes.value, moduleHash, configBytes.value, current);
    if (!version.ok) return err({ error: version.error, contentId: id });
    return ok({ ...version.value, id, moduleHash, size });
  }

  async #build(
    files: FunctionFiles,
    bytes: Uint8Array<ArrayBuffer>,
    moduleHash: string,
    configBytes: Uint8Array | undefined,
    current: LoadedVersion | undefined,
  ): Promise<Result<SourceVersion, SkerryError>> {
    const { folder, maker } = this.#options;
    const configFile = files.config ?? files.module;
    const config = maker.parseConfig(configFile, configBytes);
    if (!config.ok) return config;
    if (isLibrary(files.module) || config.value.native !== undefined) {
      const path = join(folder, files.module);
      return await maker.native({ file: files.module, path, bytes }, config.value);
    }
    const source = {
      name: files.module,
      language: languageOf(files.module) ?? "wasm",
      fileName: files.module,
      bytes,
      moduleHash,
      config: config.value,
      configName: configFile,
      mountFolder: join(folder, dirname(configFile)),
    };
    return await makeSourceVersion(source, current, maker);
  }

  async #readConfig(
    file: string | undefined,
  ): Promise<Result<Uint8Array | undefined, LoadFailure>> {
    return file === undefined ? ok(undefined) : await this.#read(file, "invalid_config");
  }

  async #read(
    file: string,
    code: "invalid_module" | "invalid_config",
  ): Promise<Result<Uint8Array<ArrayBuffer>, LoadFailure>> {
    const maxBytes = code === "invalid_module" ? MAX_MODULE_BYTES : MAX_CONFIG_BYTES;
    const bytes = await this.#readFile(join(this.#options.folder, file), maxBytes);
    if (bytes.ok) return ok(ownBytes(bytes.value));
    const message = `Cannot read ${file}: ${bytes.error}`;
    return err({ error: skerryError(code, message, { file }), contentId: message });
  }
}

/** About 0.2 ms of hashing: what the event loop may be held up at once. */
const HASH_SLICE_BYTES = 256 * 1024;

/** The SHA-256 of bytes in hexadecimal, without holding up the event loop. */
export async function hashInSlices(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes.length; start += HASH_SLICE_BYTES) {
    if (start > 0) await yieldToEventLoop();
    hash.update(bytes.subarray(start, start + HASH_SLICE_BYTES));
  }
  return hash.digest("hex");
}

/** The SHA-256 of parts, one after another, in hexadecimal. */
export function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
