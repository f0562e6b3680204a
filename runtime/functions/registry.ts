import type { Build } from "../build/language.ts";
import type { RunTarget } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import type { Prepare } from "../isolate/prepare.ts";
import { err, ok, type Result } from "../result.ts";
import { Catalogue } from "./catalogue.ts";
import { type OpenChangeHints, openNoHints } from "./change_hints.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { Environment } from "./config_file.ts";
import { DeployedFunctions } from "./deployed/deployed_functions.ts";
import { DeploymentStore } from "./deployed/deployment_store.ts";
import type { Deployments, RouteTable } from "./deployments.ts";
import { EngineCache, type LoadEngine } from "./engine_cache.ts";
import { FolderFunctions } from "./folder_functions.ts";
import type { FunctionStatus } from "./function_status.ts";
import type { AdmitLibrary } from "./native_function.ts";
import type { ReadFile } from "./read_file.ts";
import type { RegistryListener } from "./registry_event.ts";
import { RoutedFunctions } from "./routes/routed_functions.ts";
import type { RouteMatch } from "./served_function.ts";
import { VersionMaker } from "./version_maker.ts";

export type { RegistryEvent, RegistryListener } from "./registry_event.ts";

/** Options of {@linkcode FunctionRegistry.open}. */
export interface RegistryOptions {
  /** The functions folder. */
  readonly folder: string;
  /** Where deployed functions and the route table are kept. @default nowhere: there are none */
  readonly dataFolder?: string;
  readonly prepare: Prepare;
  /** Builds sources. @default none is built: `toolchain_missing` */
  readonly build?: Build;
  /** Which native libraries may be called. @default none */
  readonly admitLibrary?: AdmitLibrary;
  /** Reads interpreters' modules. @default there are none: `toolchain_missing` */
  readonly loadEngine?: LoadEngine;
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
 * The functions of a server: those of its folder, the deployed ones and those of the route table. Follows folder and
 * table: a new file or row is a new route, a changed one is prepared beside the version that serves and takes its place
 * at once, a broken one is reported and changes nothing. A function is prepared at its first call; meanwhile a background
 * pass prepares the others, but for deployed ones.
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
  readonly #catalogue: Catalogue;
  #folder: FolderFunctions | undefined;
  #deployments: DeployedFunctions | undefined;
  #routes: RoutedFunctions | undefined;

  /**
   * Scans the folder and begins to follow it; prepares nothing yet.
   *
   * @returns `invalid_config` if the folder cannot be read, `storage_failed` if the deployed functions or the route table cannot.
   */
  static async open(options: RegistryOptions): Promise<Result<FunctionRegistry, SkerryError>> {
    const registry = new FunctionRegistry(options);
    const opened = await registry.#open(options);
    if (opened.ok) return ok(registry);
    await registry.close();
    return opened;
  }

  private constructor(options: RegistryOptions) {
    this.#catalogue = new Catalogue({
      clock: options.clock ?? SYSTEM_CLOCK,
      log: options.log,
      cache: {
        maxModules: options.maxModules ?? DEFAULT_MAX_MODULES,
        maxBytes: options.maxModuleBytes ?? DEFAULT_MAX_MODULE_BYTES,
      },
      onRetired: (target) => options.onRetired?.(target),
    });
  }

  /** The function at exactly this path (raw, without query); it comes before a public file. */
  matchStatic(path: string, method = "GET"): RouteMatch | undefined {
    return this.#catalogue.matchStatic(path, method);
  }

  /** The function whose pattern matches this path (raw, without query); a public file comes before it. */
  matchDynamic(path: string, method = "GET"): RouteMatch | undefined {
    return this.#catalogue.matchDynamic(path, method);
  }

  /** Resolves when changes of the folder that are known of have routes; undefined if there are none. */
  changesDue(): Promise<void> | undefined {
    return this.#folder?.changesDue();
  }

  /** The deployed functions; undefined without a data folder. */
  get deployments(): Deployments | undefined {
    return this.#deployments;
  }

  /** The route table; undefined without a data folder. */
  get routes(): RouteTable | undefined {
    return this.#routes;
  }

  /** Every function, by route; also those that cannot be served. */
  list(): FunctionStatus[] {
    return this.#catalogue.list();
  }

  /** The functions with exactly this route (`/greet/[name]`), the first one being asked first. */
  at(route: string): FunctionStatus[] {
    return this.#catalogue.at(route);
  }

  /** Adds a listener; the returned function removes it. */
  onEvent(listener: RegistryListener): () => void {
    return this.#catalogue.onEvent(listener);
  }

  /** Stops following, and resolves when background preparations have ended. What is active stays so. */
  async close(): Promise<void> {
    this.#folder?.close();
    await this.#routes?.close();
    await this.#deployments?.close();
    await this.#catalogue.close();
  }

  async #open(options: RegistryOptions): Promise<Result<void, SkerryError>> {
    const maker = versionMaker(options);
    const { folder, dataFolder, hints = openNoHints, readFile } = options;
    if (dataFolder !== undefined) {
      const kept = await this.#openKept({ ...options, dataFolder }, maker);
      if (!kept.ok) return kept;
    }
    const functions = await FolderFunctions.open(
      { folder, maker, hints, readFile },
      this.#catalogue,
    );
    if (!functions.ok) return functions;
    this.#folder = functions.value;
    return ok(undefined);
  }

  /** What the data folder holds. */
  async #openKept(
    options: RegistryOptions & { readonly dataFolder: string },
    maker: VersionMaker,
  ): Promise<Result<void, SkerryError>> {
    const store = await DeploymentStore.open(options.dataFolder);
    if (!store.ok) return store;
    this.#deployments = new DeployedFunctions(store.value, maker, this.#catalogue);
    const { dataFolder, folder, environment, readFile } = options;
    const routes = await RoutedFunctions.open(
      { dataFolder, folder, environment, readFile, maker },
      this.#catalogue,
    );
    if (!routes.ok) return routes;
    this.#routes = routes.value;
    return ok(undefined);
  }
}

function versionMaker(options: RegistryOptions): VersionMaker {
  const { prepare, environment, admitLibrary } = options;
  const { build = buildNothing, loadEngine = loadNoEngine } = options;
  const engines = new EngineCache(loadEngine, prepare);
  return new VersionMaker({ prepare, build, engines, environment, admitLibrary });
}

const buildNothing: Build = (language, { fileName }) => {
  const message = `Cannot build ${fileName}: this server builds no ${language}`;
  return Promise.resolve(err(skerryError("toolchain_missing", message)));
};

const loadNoEngine: LoadEngine = (engine) => {
  const message = `Cannot load ${engine}: this server has no engines`;
  return Promise.resolve(err(skerryError("toolchain_missing", message)));
};
