import { join } from "node:path";
import type { RunTarget } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import type { Prepare } from "../isolate/prepare.ts";
import { err, ok, type Result } from "../result.ts";
import { type OpenChangeHints, openNoHints } from "./change_hints.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import type { Environment } from "./config_file.ts";
import { type FileStamp, type ScanFailure, scanFolder, stampFile } from "./folder_scan.ts";
import { type FolderChange, FolderWatch } from "./folder_watch.ts";
import { configFileOf, type FunctionContext, FunctionEntry } from "./function_entry.ts";
import type { FunctionStatus } from "./function_status.ts";
import { ModuleCache } from "./module_cache.ts";
import { PreparationQueue } from "./preparation_queue.ts";
import { type Refusal, RouteClaims } from "./route_claims.ts";
import { type Match, Router } from "./router.ts";
import type { RouteMatch } from "./served_function.ts";
import type { FunctionStamps } from "./settled_load.ts";
import type { ReadFile } from "./read_file.ts";
import { VersionLoader } from "./version_loader.ts";

/** Something an operator wants to know. Files are named relative to the functions folder. */
export type RegistryEvent =
  /** A version began to serve; not `isFirst` if it replaced another. */
  | {
    readonly kind: "function_ready";
    readonly route: string;
    readonly file: string;
    readonly version: string;
    readonly isFirst: boolean;
  }
  /** A content cannot be served; `isServing` if an older version still is. Once for each content. */
  | {
    readonly kind: "function_broken";
    readonly route: string;
    readonly file: string;
    readonly error: SkerryError;
    readonly isServing: boolean;
  }
  | { readonly kind: "function_removed"; readonly route: string; readonly file: string }
  /** Something in the folder is skipped. */
  | { readonly kind: "folder_problem"; readonly message: string };

/** Is told of every {@linkcode RegistryEvent}. */
export type RegistryListener = (event: RegistryEvent) => void;

/** Options of {@linkcode FunctionRegistry.open}. */
export interface RegistryOptions {
  /** The functions folder. */
  readonly folder: string;
  readonly prepare: Prepare;
  /** Where `"$NAME"` values of configurations come from. */
  readonly environment: Environment;
  /** The first listener; also hears of what happens while the registry opens. */
  readonly log: RegistryListener;
  /** Is told of what no new request will run, so that nothing of it is kept. @default nobody is */
  readonly onRetired?: (target: RunTarget) => void;
  /** Compiled modules kept at most; the least recently used is let go. @default 512 */
  readonly maxModules?: number;
  /** Bytes of the kept modules' files at most. @default 268_435_456 (256 MiB) */
  readonly maxModuleBytes?: number;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** Where hints of changes come from. @default nowhere: the folder is looked at several times a second */
  readonly hints?: OpenChangeHints;
  /** @default {@linkcode readRegularFile} */
  readonly readFile?: ReadFile;
}

const DEFAULT_MAX_MODULES = 512;
const DEFAULT_MAX_MODULE_BYTES = 256 * 1024 * 1024;

/**
 * The functions of a folder. Follows the folder: a new file is a new route, a changed one is prepared beside
 * the version that serves and takes its place at once, a broken one is reported and changes nothing.
 * A function is prepared at its first call; meanwhile a background pass prepares the others.
 *
 * @example
 * ```ts
 * import { FunctionRegistry } from "./registry.ts";
 * import type { Prepare } from "../isolate/prepare.ts";
 *
 * async function show(prepare: Prepare) {
 *   const registry = await FunctionRegistry.open({
 *     folder: "functions",
 *     prepare,
 *     environment: (name) => name === "GREETING" ? "hello" : undefined,
 *     log: (event) => console.log(event),
 *   });
 *   if (!registry.ok) return console.error(registry.error.message);
 *   const match = registry.value.matchStatic("/hello");
 *   const version = match?.fn.active ?? await match?.fn.load();
 *   console.log(version, registry.value.list());
 *   await registry.value.close();
 * }
 * ```
 */
export class FunctionRegistry {
  readonly #listeners: Set<RegistryListener>;
  readonly #claims = new RouteClaims();
  readonly #functions = new Map<string, FunctionEntry>();
  readonly #cache: ModuleCache<FunctionEntry>;
  readonly #queue = new PreparationQueue<FunctionEntry>(refreshUntilFresh);
  readonly #context: FunctionContext;
  #router = new Router<FunctionEntry>([]);
  #files: ReadonlyMap<string, FileStamp> = new Map();
  #watch: FolderWatch | undefined;

  /**
   * Scans the folder and begins to follow it; prepares nothing yet.
   *
   * @returns `invalid_config` if the folder cannot be read.
   */
  static async open(options: RegistryOptions): Promise<Result<FunctionRegistry, SkerryError>> {
    const registry = new FunctionRegistry(options);
    const watch = await registry.#follow(options);
    return watch.ok ? ok(registry) : err(folderError(watch.error));
  }

  private constructor(options: RegistryOptions) {
    this.#listeners = new Set([options.log]);
    this.#cache = new ModuleCache({
      maxModules: options.maxModules ?? DEFAULT_MAX_MODULES,
      maxBytes: options.maxModuleBytes ?? DEFAULT_MAX_MODULE_BYTES,
    });
    this.#context = {
      clock: options.clock ?? SYSTEM_CLOCK,
      loader: new VersionLoader(options),
      stamp: (file) => stampFile(join(options.folder, file)),
      onActive: (fn, { size }) => this.#cache.keep(fn, size),
      onRetired: ({ target }) => options.onRetired?.(target),
      onNewVersion: ({ route, file }, { id }, isFirst) => {
        this.#emit({ kind: "function_ready", route, file, version: id.slice(0, 12), isFirst });
      },
      onBroken: ({ route, file, active }, error) => {
        const isServing = active !== undefined;
        this.#emit({ kind: "function_broken", route, file, error, isServing });
      },
    };
  }

  /** The function at exactly this path (raw, without query); it comes before a public file. */
  matchStatic(path: string): RouteMatch | undefined {
    const match = this.#router.matchStatic(path);
    if (match !== undefined) match.fn.lastUsed = this.#cache.time;
    return match;
  }

  /** The function whose pattern matches this path (raw, without query); a public file comes before it. */
  matchDynamic(path: string): RouteMatch | undefined {
    const match: Match<FunctionEntry> | undefined = this.#router.matchDynamic(path);
    if (match !== undefined) match.fn.lastUsed = this.#cache.time;
    return match;
  }

  /** Every function file of the folder, by route; also those that cannot be served. */
  list(): FunctionStatus[] {
    const served = [...this.#functions.values()].map((fn) => fn.status());
    const refused = [...this.#claims.refusals].map((refusal) => this.#refusedStatus(refusal));
    return [...served, ...refused].sort((a, b) => {
      return compareText(a.route, b.route) || compareText(a.file, b.file);
    });
  }

  /** Adds a listener; the returned function removes it. */
  onEvent(listener: RegistryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops following, and resolves when background preparations have ended. What is active stays so. */
  async close(): Promise<void> {
    this.#watch?.close();
    await this.#queue.close();
  }

  async #follow(options: RegistryOptions): Promise<Result<FolderWatch, ScanFailure>> {
    const watch = await FolderWatch.open({
      scan: () => scanFolder(options.folder),
      hints: options.hints ?? openNoHints,
      clock: this.#context.clock,
      onChange: (change) => this.#apply(change),
      onProblem: (message) => this.#emit({ kind: "folder_problem", message }),
    });
    if (!watch.ok) return watch;
    this.#watch = watch.value;
    this.#files = watch.value.files;
    this.#changeRoutes([...this.#files.keys()].filter(isModule), []);
    return watch;
  }

  #apply({ updated, removed }: FolderChange): void {
    const added = [...updated.keys()].filter((file) => isModule(file) && !this.#claims.has(file));
    this.#changeRoutes(added, removed.filter(isModule));
    for (const file of new Set([...updated.keys(), ...removed].map(moduleOf))) {
      this.#updateFunction(file);
    }
  }

  #updateFunction(file: string): void {
    const fn = this.#functions.get(file);
    const stamps = this.#stampsOf(file);
    if (fn === undefined || stamps === undefined || !fn.update(stamps)) return;
    if (fn.state === "unloaded") this.#queue.addIdle(fn);
    else this.#queue.addUrgent(fn);
  }

  #changeRoutes(added: readonly string[], removed: readonly string[]): void {
    if (added.length === 0 && removed.length === 0) return;
    const { granted, released, refused } = this.#claims.update(added, removed);
    for (const file of released) this.#removeFunction(file);
    for (const { file, pattern } of granted) {
      const stamps = this.#stampsOf(file);
      if (stamps === undefined) continue;
      const fn = new FunctionEntry(file, pattern, stamps, this.#context);
      this.#functions.set(file, fn);
      this.#queue.addIdle(fn);
    }
    const functions = [...this.#functions.values()];
    this.#router = new Router(functions.map((fn) => ({ pattern: fn.pattern, fn })));
    for (const { route, file, error } of refused) {
      this.#emit({ kind: "function_broken", route, file, error, isServing: false });
    }
  }

  #removeFunction(file: string): void {
    const fn = this.#functions.get(file);
    if (fn === undefined) return;
    fn.remove();
    this.#functions.delete(file);
    this.#queue.remove(fn);
    this.#cache.forget(fn);
    this.#emit({ kind: "function_removed", route: fn.route, file });
  }

  #stampsOf(file: string): FunctionStamps | undefined {
    const module = this.#files.get(file);
    return module && { module, config: this.#files.get(configFileOf(file)) };
  }

  #refusedStatus({ route, file, error }: Refusal): FunctionStatus {
    const size = this.#files.get(file)?.size ?? 0;
    const { code, message } = error;
    return { route, file, state: "broken", size, error: { code, message } };
  }

  #emit(event: RegistryEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** A refresh may have been under way when the files changed again. */
async function refreshUntilFresh(fn: FunctionEntry): Promise<void> {
  while (fn.isStale) await fn.refresh();
}

function isModule(file: string): boolean {
  return file.endsWith(".wasm");
}

function moduleOf(file: string): string {
  return file.replace(/\.toml$/, ".wasm");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function folderError({ kind, code }: ScanFailure): SkerryError {
  const found = kind === "missing" ? "there is no such folder" : `the system answered ${code}`;
  const hint = kind === "missing" ? "; create it, or name another one with --functions" : "";
  return skerryError("invalid_config", `Cannot open the functions folder: ${found}${hint}`);
}
