import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Artifact, EngineName, ModuleArtifact, StaticArtifact } from "../build/artifact.ts";
import { UNSEEN_GRANTS } from "../build/unseen_grants.ts";
import type { Build, LanguageName } from "../build/language.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import { checkProgram } from "../isolate/check_program.ts";
import { chooseHandler } from "../isolate/handler_choice.ts";
import type { MountGrant } from "../isolate/mount_grant.ts";
import type { Prepare } from "../isolate/prepare.ts";
import type { Program } from "../isolate/program.ts";
import { err, ok, type Result } from "../result.ts";
import {
  type ConfigSource,
  DEFAULT_CONFIG,
  type Environment,
  parseFunctionConfig,
} from "./config_file.ts";
import type { EngineCache } from "./engine_cache.ts";
import type { FunctionConfig } from "./function_config.ts";
import { type AdmitLibrary, admitNoLibrary } from "./native_function.ts";
import type { ModuleVersion, NativeVersion, StaticVersion } from "./served_function.ts";
import { isLibrary } from "./source_language.ts";

/** What {@linkcode VersionMaker} needs. */
export interface VersionMakerOptions {
  readonly prepare: Prepare;
  readonly build: Build;
  readonly engines: EngineCache;
  /** Where `"$NAME"` values of configurations come from. */
  readonly environment: Environment;
  /** Which native libraries may be called. @default none */
  readonly admitLibrary?: AdmitLibrary;
}

/** A file that should be a native library. */
export interface LibraryFile {
  /** Names the function in errors, e.g. `hello.so`. */
  readonly file: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A version apart from how it came about. */
export interface VersionParts {
  /** Names the function in errors, e.g. `hello.c`. */
  readonly file: string;
  readonly config: FunctionConfig;
  readonly artifact: Artifact;
}

/** A module's runs apart from their configuration: what a changed configuration leaves as it is. */
export type Runnable = Pick<ModuleVersion["target"], "prepared"> & {
  readonly program?: Program;
  /** The export the build chose. */
  readonly defaultHandler?: string;
  /** SHA-256 of the engine it runs on. */
  readonly engineHash?: string;
  /** Bytes it keeps in memory for itself, about: its module's file, or its program. */
  readonly heldBytes: number;
};

/** Makes versions of functions out of sources, artifacts and configurations, wherever these come from. */
export class VersionMaker {
  readonly #options: VersionMakerOptions;

  constructor(options: VersionMakerOptions) {
    this.#options = options;
  }

  /** What a source becomes; a prebuilt module is its own artifact. */
  async build(
    language: LanguageName,
    fileName: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Result<Artifact, SkerryError>> {
    if (language === "wasm") return ok({ kind: "module", module: bytes });
    const artifact = await this.#options.build(language, { fileName, bytes });
    if (!artifact.ok || artifact.value.kind === "static") return artifact;
    const { module } = artifact.value;
    // Several may have been given the same, and preparing gives the bytes away.
    return typeof module === "string"
      ? artifact
      : ok({ ...artifact.value, module: module.slice() });
  }

  /**
   * Reads the text of a `NAME.toml`; every default if there is none.
   *
   * @param options `environment` takes the place of the server's own.
   */
  parseConfig(
    file: string,
    bytes: Uint8Array | undefined,
    { environment = this.#options.environment }: Partial<Pick<ConfigSource, "environment">> = {},
  ): Result<FunctionConfig, SkerryError> {
    if (bytes === undefined) return ok(DEFAULT_CONFIG);
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return err(skerryError("invalid_config", `Cannot read ${file}: it is not UTF-8`, { file }));
    }
    return parseFunctionConfig({ file, text, environment });
  }

  /** A version that calls a library's function, if the configuration says so and the server calls this library. */
  async native(
    { file, path, bytes }: LibraryFile,
    config: FunctionConfig,
  ): Promise<Result<NativeVersion, SkerryError>> {
    const refuse = (reason: string, key?: string) =>
      err(skerryError("invalid_config", `Cannot serve ${file}: ${reason}`, {
        file,
        ...key === undefined ? {} : { key },
      }));
    if (!isLibrary(path)) return refuse('runtime "native" is for libraries (.so)', "runtime");
    if (config.native === undefined) {
      return refuse('a library is only called where its .toml says runtime = "native"', "runtime");
    }
    const { handler: functionName = DEFAULT_FUNCTION, native: limits } = config;
    // For the loader, the name would end there.
    if (functionName.includes("\0")) return refuse("handler holds a NUL character", "handler");
    const { admitLibrary = admitNoLibrary } = this.#options;
    const library = await admitLibrary(path, bytes);
    if (!library.ok) return refuse(library.error);
    return ok({ kind: "native", config, target: { library: library.value, functionName, limits } });
  }

  /** Makes what can run of an artifact; its own module's bytes are given away. */
  async prepare(
    { module, program, handler }: ModuleArtifact,
    config: FunctionConfig,
  ): Promise<Result<Runnable, SkerryError>> {
    const { memoryPages } = config.limits;
    if (typeof module === "string") {
      const unseen = unseenGrant(module, config);
      if (unseen !== undefined) return err(unseen);
      const engine = await this.#options.engines.get(module, memoryPages);
      if (!engine.ok) return engine;
      const { prepared, hash } = engine.value;
      const heldBytes = programBytes(program);
      return ok({ prepared, program, defaultHandler: handler, engineHash: hash, heldBytes });
    }
    const moduleBytes = module.length;
    const result = await this.#options.prepare(ownBytes(module), { memoryPages });
    if (!result.ok) return result;
    const { snapshot, ...prepared } = result.value;
    const started = snapshot === undefined ? program : { ...program ?? NO_PROGRAM, snapshot };
    const heldBytes = moduleBytes + programBytes(started);
    return ok({ prepared, program: started, defaultHandler: handler, heldBytes });
  }
}

/** An error where a configuration grants what its function could never see, rather than silence. */
function unseenGrant(engine: EngineName, config: FunctionConfig): SkerryError | undefined {
  const key = UNSEEN_GRANTS[engine].find((each) => {
    return each === "mounts" ? config.mounts.length > 0 : config.coord !== undefined;
  });
  if (key === undefined) return undefined;
  const message = `Cannot grant [${key}]: functions of this language see no such files`;
  return skerryError("invalid_config", message, { key });
}

const NO_PROGRAM: Program = { args: [], files: {} };

/** What the C loader called by default, and reactors are by theirs. */
const DEFAULT_FUNCTION = "run";

/** A version that runs `runnable` as `config` says. */
export function moduleVersion(
  file: string,
  config: FunctionConfig,
  runnable: Runnable,
): Result<ModuleVersion, SkerryError> {
  if (config.abi === "static") {
    const message = `Cannot read the configuration of ${file}: abi "static" is for HTML, not code`;
    return err(skerryError("invalid_config", message, { file, key: "abi" }));
  }
  const { prepared, program, defaultHandler, engineHash } = runnable;
  const handler = chooseHandler(prepared.info, config.handler ?? defaultHandler, file);
  if (!handler.ok) return handler;
  const { limits, mounts, coord, scheduling } = config;
  if (program !== undefined) {
    const checked = checkProgram(prepared.info, program, mounts);
    if (!checked.ok) return checked;
  }
  const isEngine = engineHash !== undefined;
  const target = {
    prepared,
    program,
    isEngine,
    handler: handler.value,
    limits,
    mounts,
    coord,
    scheduling,
    inlineScore: 0,
  };
  return ok({ kind: "module", config, target });
}

const STATIC_METHODS = ["GET"];

/** A version that answers with a body. */
export function staticVersion(
  { contentType, body }: StaticArtifact,
  config: FunctionConfig,
): StaticVersion {
  const digest = createHash("sha256").update(contentType).update("\0").update(body).digest("hex");
  const etag = `"${digest.slice(0, 32)}"`;
  return {
    kind: "static",
    config: { ...config, methods: STATIC_METHODS },
    contentType,
    body,
    etag,
  };
}

/** Makes host paths of mounts, which are relative to `folder`, absolute, and sees that they are there. */
export async function locateMounts(
  file: string,
  folder: string,
  mounts: readonly MountGrant[],
): Promise<Result<MountGrant[], SkerryError>> {
  const located: MountGrant[] = [];
  for (const mount of mounts) {
    const hostPath = resolve(folder, mount.hostPath);
    const isDirectory = await stat(hostPath).then((found) => found.isDirectory(), () => false);
    if (!isDirectory) {
      const shown = JSON.stringify(mount.hostPath);
      const message = `Cannot mount ${shown}: there is no such directory`;
      return err(skerryError("invalid_config", message, { file }));
    }
    located.push({ ...mount, hostPath });
  }
  return ok(located);
}

function programBytes(program: Program | undefined): number {
  let bytes = 0;
  for (const file of Object.values(program?.files ?? {})) bytes += file.length;
  for (const extent of program?.snapshot?.extents ?? []) bytes += extent.bytes.length;
  return bytes;
}

/** Bytes in a buffer of their own: `prepare` transfers it away, which a shared pool would not survive. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length;
  return isOwn ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
