import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type SkerryError, skerryError } from "../errors.ts";
import type { MountGrant } from "../isolate/mount_grant.ts";
import type { Prepare } from "../isolate/prepare.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { err, ok, type Result } from "../result.ts";
import { DEFAULT_CONFIG, type Environment, parseFunctionConfig } from "./config_file.ts";
import { yieldToEventLoop } from "./clock.ts";
import type { FunctionConfig } from "./function_config.ts";
import { type ReadFile, readRegularFile } from "./read_file.ts";
import { chooseHandler } from "../isolate/handler_choice.ts";
import type { FunctionVersion } from "./served_function.ts";

/** A version with what is known about where it came from. */
export interface LoadedVersion extends FunctionVersion {
  /** SHA-256 over module and configuration: equal for equal content. */
  readonly id: string;
  /** SHA-256 of the module alone. */
  readonly moduleHash: string;
  /** Bytes of the module's file. */
  readonly size: number;
}

/** Why a content cannot be served. */
export interface LoadFailure {
  readonly error: SkerryError;
  /** Equal for equal content, so that one content is reported once. */
  readonly contentId: string;
}

/** The files of one function, relative to the functions folder. */
export interface FunctionFiles {
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
  readonly prepare: Prepare;
  readonly environment: Environment;
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
  ): Promise<Result<FunctionVersion, SkerryError>> {
    const config = this.#parseConfig(files.config, configBytes);
    if (!config.ok) return config;
    const mounts = await this.#locateMounts(files.config ?? files.module, config.value.mounts);
    if (!mounts.ok) return mounts;
    const prepared = canReuse(current, moduleHash, config.value)
      ? ok(current.target.prepared)
      : await this.#options.prepare(bytes, { memoryPages: config.value.limits.memoryPages });
    if (!prepared.ok) return prepared;
    return makeVersion(files.module, { ...config.value, mounts: mounts.value }, prepared.value);
  }

  /** Host paths are written relative to the folder of the configuration. */
  async #locateMounts(
    file: string,
    mounts: readonly MountGrant[],
  ): Promise<Result<MountGrant[], SkerryError>> {
    const located: MountGrant[] = [];
    for (const mount of mounts) {
      const hostPath = resolve(this.#options.folder, dirname(file), mount.hostPath);
      const isDirectory = await stat(hostPath).then((found) => found.isDirectory(), () => false);
      if (!isDirectory) {
        const message = `Cannot mount ${
          JSON.stringify(mount.hostPath)
        }: there is no such directory`;
        return err(skerryError("invalid_config", message, { file }));
      }
      located.push({ ...mount, hostPath });
    }
    return ok(located);
  }

  #parseConfig(
    file: string | undefined,
    bytes: Uint8Array | undefined,
  ): Result<FunctionConfig, SkerryError> {
    if (file === undefined || bytes === undefined) return ok(DEFAULT_CONFIG);
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return err(skerryError("invalid_config", `Cannot read ${file}: it is not UTF-8`, { file }));
    }
    return parseFunctionConfig({ file, text, environment: this.#options.environment });
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

function canReuse(
  current: LoadedVersion | undefined,
  moduleHash: string,
  { limits }: FunctionConfig,
): current is LoadedVersion {
  return current?.moduleHash === moduleHash &&
    current.config.limits.memoryPages === limits.memoryPages;
}

function makeVersion(
  file: string,
  config: FunctionConfig,
  prepared: PreparedModule,
): Result<FunctionVersion, SkerryError> {
  const handler = chooseHandler(prepared.info, config.handler, file);
  if (!handler.ok) return handler;
  const { limits, mounts } = config;
  const target = { prepared, handler: handler.value, limits, mounts, inlineScore: 0 };
  return ok({ config, target });
}

/** Bytes in a buffer of their own: `prepare` transfers it away, which a shared pool would not survive. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length;
  return isOwn ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

/** About 0.2 ms of hashing: what the event loop may be held up at once. */
const HASH_SLICE_BYTES = 256 * 1024;

async function hashInSlices(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes.length; start += HASH_SLICE_BYTES) {
    if (start > 0) await yieldToEventLoop();
    hash.update(bytes.subarray(start, start + HASH_SLICE_BYTES));
  }
  return hash.digest("hex");
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
