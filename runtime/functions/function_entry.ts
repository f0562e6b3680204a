import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Clock } from "./clock.ts";
import { type FileStamp, isSameStamp } from "./folder_scan.ts";
import type { FunctionStatus } from "./function_status.ts";
import type { RoutePattern } from "./route_pattern.ts";
import type { FunctionVersion, ServedFunction } from "./served_function.ts";
import { type FunctionStamps, loadSettled, type SettledLoad } from "./settled_load.ts";
import type { FunctionFiles, LoadedVersion, LoadFailure, VersionLoader } from "./version_loader.ts";

/** What functions share. */
export interface FunctionContext {
  readonly clock: Clock;
  readonly loader: VersionLoader;
  /** The stamp of a file, named relative to the functions folder, now. */
  readonly stamp: (file: string) => Promise<FileStamp | undefined>;
  /** A version was prepared and is active. */
  readonly onActive: (fn: FunctionEntry, version: LoadedVersion) => void;
  /** A version is not active any more; requests that run keep it. */
  readonly onRetired: (version: LoadedVersion) => void;
  /** A version of new content began to serve. */
  readonly onNewVersion: (fn: FunctionEntry, version: LoadedVersion, isFirst: boolean) => void;
  /** A content cannot be served; called once for each. */
  readonly onBroken: (fn: FunctionEntry, error: SkerryError) => void;
}

/** A function of the folder: its files, its active version, and the next one while that is prepared. */
export class FunctionEntry implements ServedFunction {
  readonly pattern: RoutePattern;
  readonly route: string;
  /** The module, relative to the functions folder. */
  readonly file: string;
  /** A plain property: the hot path reads it for every request. */
  active: LoadedVersion | undefined = undefined;
  /** The module cache's time of last use. */
  lastUsed = 0;
  readonly #context: FunctionContext;
  #stamps: FunctionStamps;
  #loadedStamps: FunctionStamps | undefined;
  #isStale = true;
  #isRemoved = false;
  #isWanted = false;
  #failure: LoadFailure | undefined;
  #loading: Promise<Result<FunctionVersion, SkerryError>> | undefined;
  #lastVersion: Pick<FunctionStatus, "version" | "methods" | "loadedAt"> & { id?: string } = {};

  constructor(
    file: string,
    pattern: RoutePattern,
    stamps: FunctionStamps,
    context: FunctionContext,
  ) {
    this.file = file;
    this.pattern = pattern;
    this.route = pattern.route;
    this.#stamps = stamps;
    this.#context = context;
  }

  /** Whether a caller waits for it or it serves, so that it may displace others from the cache. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Whether its files hold something that was not yet loaded. */
  get isStale(): boolean {
    return this.#isStale && !this.#isRemoved;
  }

  /** Whether it can be unloaded: only if its files certainly hold what is active. */
  get isEvictable(): boolean {
    return this.#failure === undefined && !this.#isStale && this.#loading === undefined;
  }

  get state(): FunctionStatus["state"] {
    if (this.active !== undefined) return "ready";
    if (this.#loading !== undefined) return "loading";
    return this.#failure === undefined ? "unloaded" : "broken";
  }

  load(): Promise<Result<FunctionVersion, SkerryError>> {
    if (this.active !== undefined) return Promise.resolve(ok(this.active));
    if (this.#failure !== undefined && !this.#isStale) {
      return Promise.resolve(err(this.#failure.error));
    }
    this.#isWanted = true;
    return this.refresh();
  }

  /** Makes the files' content active, if that can be done. Concurrent callers share one preparation. */
  refresh(): Promise<Result<FunctionVersion, SkerryError>> {
    return this.#loading ??= this.#loadFiles().finally(() => {
      this.#loading = undefined;
    });
  }

  /** Tells what the folder now holds. Returns whether a refresh is needed. */
  update(stamps: FunctionStamps): boolean {
    this.#stamps = stamps;
    const loaded = this.#loadedStamps;
    this.#isStale = loaded === undefined || !isSameStamp(loaded.module, stamps.module) ||
      !isSameStamp(loaded.config, stamps.config);
    return this.#isStale;
  }

  /** The files are gone: what is being prepared will not be served. */
  remove(): void {
    this.#isRemoved = true;
    if (this.active !== undefined) this.#context.onRetired(this.active);
  }

  /** Forgets the active version; requests that run keep it. The next call prepares it again. */
  unload(): void {
    if (this.active !== undefined) this.#context.onRetired(this.active);
    this.active = undefined;
    this.#isWanted = false;
  }

  status(): FunctionStatus {
    const { version, methods, loadedAt } = this.#lastVersion;
    const error = this.#failure?.error;
    return {
      route: this.route,
      file: this.file,
      state: this.state,
      version,
      size: this.active?.size ?? this.#stamps.module.size,
      methods,
      error: error && { code: error.code, message: error.message },
      loadedAt,
    };
  }

  async #loadFiles(): Promise<Result<FunctionVersion, SkerryError>> {
    this.#isStale = false;
    const settled = await loadSettled({
      clock: this.#context.clock,
      files: () => this.#files(),
      stamp: this.#context.stamp,
      load: (files) => this.#loadVersion(files),
      isCancelled: () => this.#isRemoved,
    });
    return settled === undefined || this.#isRemoved ? this.#missing() : this.#settle(settled);
  }

  #files(): FunctionFiles {
    const config = this.#stamps.config && configFileOf(this.file);
    return { module: this.file, config };
  }

  async #loadVersion(files: FunctionFiles): Promise<Result<LoadedVersion, LoadFailure>> {
    try {
      return await this.#context.loader.load(files, this.active);
    } catch {
      const message = `Cannot prepare ${this.file}: an internal error occurred`;
      return err({ error: skerryError("internal_error", message), contentId: message });
    }
  }

  #missing(): Result<FunctionVersion, SkerryError> {
    if (this.active !== undefined) return ok(this.active);
    return err(skerryError("function_not_found", `Cannot run ${this.file}: the file is gone`));
  }

  #settle({ outcome, stamps }: SettledLoad): Result<FunctionVersion, SkerryError> {
    this.#loadedStamps = stamps;
    // The folder's news of a change may have come after the change was loaded.
    if (this.#isStale) this.update(this.#stamps);
    if (outcome.ok) {
      this.#activate(outcome.value);
      return outcome;
    }
    const isNew = outcome.error.contentId !== this.#failure?.contentId;
    this.#failure = outcome.error;
    if (isNew) this.#context.onBroken(this, outcome.error.error);
    return this.active === undefined ? err(outcome.error.error) : ok(this.active);
  }

  #activate(version: LoadedVersion): void {
    this.#failure = undefined;
    if (version === this.active) return;
    const retired = this.active;
    this.#isWanted ||= retired !== undefined;
    this.active = version;
    if (retired !== undefined) this.#context.onRetired(retired);
    this.#context.onActive(this, version);
    const previousId = this.#lastVersion.id;
    if (previousId === version.id) return;
    this.#lastVersion = {
      id: version.id,
      version: version.id.slice(0, 12),
      methods: version.config.methods,
      loadedAt: new Date(this.#context.clock.now()).toISOString(),
    };
    this.#context.onNewVersion(this, version, previousId === undefined);
  }
}

/** The configuration that belongs to a module. */
export function configFileOf(file: string): string {
  return file.replace(/\.wasm$/, ".toml");
}
