import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Clock } from "../clock.ts";
import type { FunctionSource, FunctionStatus } from "./function_status.ts";
import type { RoutePattern } from "./route_pattern.ts";
import type { FunctionVersion, ServedFunction } from "./served_function.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import type { LoadFailure } from "./version_loader.ts";

/** What functions share. */
export interface FunctionContext {
  readonly clock: Clock;
  /** A version was prepared and is active. */
  readonly onActive: (fn: FunctionEntry, version: LoadedVersion) => void;
  /** A version is not active any more; requests that run keep it. */
  readonly onRetired: (version: LoadedVersion) => void;
  /** A version of new content began to serve. */
  readonly onNewVersion: (fn: FunctionEntry, version: LoadedVersion, isFirst: boolean) => void;
  /** A content cannot be served; called once for each. */
  readonly onBroken: (fn: FunctionEntry, error: SkerryError) => void;
  /** A content cannot be served for now, and an older version serves: who calls will not have it loaded again. */
  readonly onDelayed: (fn: FunctionEntry, retryAfterMs: number) => void;
}

/** Failures that pass without a change of the content: a compiler gets installed, a queue gets shorter. */
const PASSING_FAILURES: ReadonlySet<string> = new Set([
  "toolchain_missing",
  "overloaded",
  "timeout",
  "internal_error",
]);
/** What failed for now is not tried again sooner, however often it is called; and what took long to fail, later. */
const RETRY_MS = 2_000;
const REST_FACTOR = 5;

/** Where a function's versions come from. */
export interface FunctionOrigin {
  readonly source: FunctionSource;
  /** Names the function's source in messages and listings. */
  readonly file: string;
  /** Bytes of the source as it is now, as far as that is known. */
  readonly size: number;
  /**
   * Loads what is there now.
   *
   * @param current The version that serves: returned itself where nothing changed.
   * @param isCancelled Whether the answer is of no use any more.
   * @returns undefined if it is gone, or cancelled.
   */
  load(
    current: LoadedVersion | undefined,
    isCancelled: () => boolean,
  ): Promise<Result<LoadedVersion, LoadFailure> | undefined>;
  /** Whether what is there now may be other than what was loaded last. */
  hasChanged(): boolean;
}

/** A function: its active version, and the next one while that is prepared. */
export class FunctionEntry implements ServedFunction {
  readonly pattern: RoutePattern;
  readonly route: string;
  /** The method it answers; undefined is all, as far as its configuration allows. */
  readonly method: string | undefined;
  readonly origin: FunctionOrigin;
  /** A plain property: the hot path reads it for every request. */
  active: LoadedVersion | undefined = undefined;
  /** The module cache's time of last use. */
  lastUsed = 0;
  readonly #context: FunctionContext;
  #isStale = true;
  #isRemoved = false;
  #isWanted = false;
  #failure: LoadFailure | undefined;
  #retryAtMs = 0;
  #loading: Promise<Result<FunctionVersion, SkerryError>> | undefined;
  /** Counts versions that were put in place from outside. */
  #placements = 0;
  #lastVersion: Pick<FunctionStatus, "version" | "methods" | "loadedAt"> & { id?: string } = {};

  constructor(
    { pattern, method }: { readonly pattern: RoutePattern; readonly method?: string },
    origin: FunctionOrigin,
    context: FunctionContext,
  ) {
    this.pattern = pattern;
    this.route = pattern.route;
    this.method = method;
    this.origin = origin;
    this.#context = context;
  }

  /** Names the source in messages. */
  get file(): string {
    return this.origin.file;
  }

  /** Whether a caller waits for it or it serves, so that it may displace others from the cache. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Whether its origin holds something that was not yet loaded. */
  get isStale(): boolean {
    return this.#isStale && !this.#isRemoved;
  }

  /** Whether it can be unloaded: only if its origin certainly holds what is active. */
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
    if (this.#failure !== undefined && !this.#isStale && !this.#isWorthRetrying(this.#failure)) {
      return Promise.resolve(err(this.#failure.error));
    }
    this.#isWanted = true;
    return this.refresh();
  }

  /** Makes the origin's content active, if that can be done. Concurrent callers share one preparation. */
  refresh(): Promise<Result<FunctionVersion, SkerryError>> {
    return this.#loading ??= this.#loadOrigin().finally(() => {
      this.#loading = undefined;
    });
  }

  /** Looks whether the origin changed. Returns whether a refresh is needed. */
  checkStale(): boolean {
    this.#isStale = this.origin.hasChanged();
    return this.#isStale;
  }

  /** Has what the origin holds loaded again, although it did not change. Returns whether a refresh is needed. */
  markStale(): boolean {
    this.#isStale = !this.#isRemoved;
    return this.#isStale;
  }

  /** Puts a version in place that was made elsewhere; what is being loaded will not be. */
  place(version: LoadedVersion): void {
    this.#placements++;
    this.#isStale = false;
    this.#isWanted = true;
    this.#activate(version);
  }

  /** The origin is gone: what is being prepared will not be served. */
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
      method: this.method,
      source: this.origin.source,
      file: this.file,
      state: this.state,
      version,
      size: this.active?.size ?? this.origin.size,
      methods,
      error: error && { code: error.code, message: error.message },
      loadedAt,
    };
  }

  async #loadOrigin(): Promise<Result<FunctionVersion, SkerryError>> {
    this.#isStale = false;
    const placements = this.#placements;
    const startMs = this.#context.clock.monotonicMs();
    const outcome = await this.#loadVersion();
    if (placements !== this.#placements && this.active !== undefined) return ok(this.active);
    return outcome === undefined || this.#isRemoved
      ? this.#missing()
      : this.#settle(outcome, startMs);
  }

  async #loadVersion(): Promise<Result<LoadedVersion, LoadFailure> | undefined> {
    try {
      return await this.origin.load(this.active, () => this.#isRemoved);
    } catch {
      const message = `Cannot prepare ${this.file}: an internal error occurred`;
      return err({ error: skerryError("internal_error", message), contentId: message });
    }
  }

  #missing(): Result<FunctionVersion, SkerryError> {
    if (this.active !== undefined) return ok(this.active);
    return err(skerryError("function_not_found", `Cannot run ${this.file}: it is gone`));
  }

  #settle(
    outcome: Result<LoadedVersion, LoadFailure>,
    startMs: number,
  ): Result<FunctionVersion, SkerryError> {
    // News of a change may have come after the change was loaded.
    if (this.#isStale) this.checkStale();
    if (outcome.ok) {
      this.#activate(outcome.value);
      return outcome;
    }
    const { contentId, error } = outcome.error;
    const isNew = contentId !== this.#failure?.contentId || error.code !== this.#failure.error.code;
    this.#failure = outcome.error;
    const nowMs = this.#context.clock.monotonicMs();
    const restMs = Math.max(RETRY_MS, REST_FACTOR * (nowMs - startMs));
    this.#retryAtMs = nowMs + restMs;
    if (isNew) this.#context.onBroken(this, error);
    if (this.active !== undefined && isPassing(outcome.error)) {
      this.#context.onDelayed(this, restMs);
    }
    return this.active === undefined ? err(outcome.error.error) : ok(this.active);
  }

  #isWorthRetrying(failure: LoadFailure): boolean {
    return isPassing(failure) && this.#context.clock.monotonicMs() >= this.#retryAtMs;
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
      loadedAt: new Date(this.#context.clock.wallMs()).toISOString(),
    };
    this.#context.onNewVersion(this, version, previousId === undefined);
  }
}

function isPassing({ error }: LoadFailure): boolean {
  return PASSING_FAILURES.has(error.code);
}
