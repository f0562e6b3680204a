import { getMimeType } from "hono/utils/mime";
import { basename, resolve } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Clock } from "../../clock.ts";
import type { Environment } from "../config_file.ts";
import { type FileStamp, isSameStamp, stampFile } from "../folder_scan.ts";
import type { FunctionOrigin } from "../function_entry.ts";
import { type ReadFile, readRegularFile } from "../read_file.ts";
import { loadSettled } from "../settled_load.ts";
import { makeSourceVersion, type SourceVersion } from "../source_version.ts";
import type { LoadedVersion } from "../loaded_version.ts";
import { hashInSlices, type LoadFailure, sha256 } from "../version_loader.ts";
import { ownBytes, type VersionMaker } from "../version_maker.ts";
import { parseRouteSpec, type RouteSpec } from "./route_spec.ts";
import type { StoredRow } from "./stored_row.ts";

/** What the rows of a table share. */
export interface RouteContext {
  readonly clock: Clock;
  readonly maker: VersionMaker;
  /** What relative paths of modules and mounts are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** @default {@linkcode readRegularFile} */
  readonly readFile?: ReadFile;
}

const MAX_MODULE_BYTES = 128 * 1024 * 1024;

/** What was there when a version was loaded, or could not be. */
interface Loaded {
  readonly row: StoredRow;
  readonly stamp: FileStamp | undefined;
}

/** A row of the route table, and the file it names. */
export class RouteOrigin implements FunctionOrigin {
  readonly source = "route";
  /** The row's key; the path of its module is nobody's business but the operator's. */
  readonly file: string;
  readonly #context: RouteContext;
  #row: StoredRow;
  #stamp: FileStamp | undefined;
  #loaded: Loaded | undefined;

  constructor(row: StoredRow, context: RouteContext) {
    this.file = row.key;
    this.#row = row;
    this.#context = context;
  }

  get size(): number {
    return this.#stamp?.size ?? 0;
  }

  /** Tells what the table now holds. */
  update(row: StoredRow): void {
    this.#row = row;
  }

  /** Looks whether the module's file is another now. */
  async look(): Promise<void> {
    const spec = this.#parse(this.#row);
    if (spec.ok) this.#stamp = await stampFile(this.#pathOf(spec.value));
  }

  hasChanged(): boolean {
    const loaded = this.#loaded;
    return loaded === undefined || loaded.row.value !== this.#row.value ||
      loaded.row.valueProblem !== this.#row.valueProblem || !isSameStamp(loaded.stamp, this.#stamp);
  }

  async load(
    current: LoadedVersion | undefined,
    isCancelled: () => boolean,
  ): Promise<Result<LoadedVersion, LoadFailure> | undefined> {
    const row = this.#row;
    const spec = this.#parse(row);
    if (!spec.ok) return this.#settle(row, this.#stamp, failure(row, spec.error));
    const path = this.#pathOf(spec.value);
    const stamp = await stampFile(path);
    if (stamp === undefined) {
      const message = `Cannot load the module of ${row.key}: there is no such file`;
      const error = skerryError("invalid_module", message, { key: row.key });
      return this.#settle(row, stamp, failure(row, error));
    }
    const settled = await loadSettled({
      clock: this.#context.clock,
      files: () => ({ module: path, config: undefined }),
      stamp: stampFile,
      load: () => this.#make(row, spec.value, path, current),
      isCancelled,
    });
    return settled && this.#settle(row, settled.stamps.module, settled.outcome);
  }

  #settle(
    row: StoredRow,
    stamp: FileStamp | undefined,
    outcome: Result<LoadedVersion, LoadFailure>,
  ): Result<LoadedVersion, LoadFailure> {
    this.#stamp = stamp;
    this.#loaded = { row, stamp };
    return outcome;
  }

  #parse({ key, value, valueProblem }: StoredRow): Result<RouteSpec, SkerryError> {
    if (valueProblem === undefined) return parseRouteSpec(key, value, this.#context.environment);
    return err(skerryError("invalid_config", `Cannot read ${key}: ${valueProblem}`, { key }));
  }

  #pathOf({ module }: RouteSpec): string {
    return resolve(this.#context.folder, module);
  }

  async #make(
    row: StoredRow,
    spec: RouteSpec,
    path: string,
    current: LoadedVersion | undefined,
  ): Promise<Result<LoadedVersion, LoadFailure>> {
    const { readFile = readRegularFile } = this.#context;
    const read = await readFile(path, MAX_MODULE_BYTES);
    if (!read.ok) {
      const message = `Cannot load the module of ${row.key}: ${read.error}`;
      return failure(row, skerryError("invalid_module", message, { key: row.key }));
    }
    const size = read.value.length;
    const moduleHash = sha256(spec.runtime, "\n", await hashInSlices(read.value));
    const id = sha256(moduleHash, row.value);
    if (id === current?.id) return ok(current);
    const version = await this.#makeVersion(row.key, spec, path, read.value, moduleHash, current);
    return version.ok
      ? ok({ ...version.value, id, moduleHash, size })
      : err({ error: version.error, contentId: id });
  }

  async #makeVersion(
    key: string,
    spec: RouteSpec,
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    moduleHash: string,
    current: LoadedVersion | undefined,
  ): Promise<Result<SourceVersion, SkerryError>> {
    const { folder, maker } = this.#context;
    const { runtime, config } = spec;
    if (runtime === "native") return await maker.native({ file: key, path, bytes }, config);
    const source = {
      name: key,
      language: runtime,
      fileName: basename(path),
      bytes: ownBytes(bytes),
      moduleHash,
      config,
      configName: key,
      mountFolder: folder,
      contentType: getMimeType(path),
    };
    const version = await makeSourceVersion(source, current, maker);
    if (!version.ok || version.value.kind !== "static" || /^(GET|HEAD):/.test(key)) return version;
    const message = `Cannot serve ${key}: what is static answers GET and HEAD only`;
    return err(skerryError("invalid_config", message, { key }));
  }
}

function failure(row: StoredRow, error: SkerryError): Result<never, LoadFailure> {
  return err({ error, contentId: `${row.value} ${error.message}` });
}
