import { join } from "node:path";
import { type BuildService, createBuildService } from "./build/build_service.ts";
import { CoordRuns } from "./coord/guest/coord_runs.ts";
import { openCoord } from "./coord/open_coord.ts";
import type { CoordService } from "./coord/service.ts";
import { openDataFolder } from "./data/data_folder.ts";
import { Compiler } from "./dispatch/compiler.ts";
import { TwoPathDispatcher } from "./dispatch/dispatcher.ts";
import { DEFAULT_INLINE_BOUNDS, FastPath } from "./dispatch/fast_path.ts";
import { WorkerPool } from "./dispatch/pool.ts";
import type { PoolSettings } from "./dispatch/pool_settings.ts";
import { poolStats, workerStats } from "./dispatch/pool_stats.ts";
import type { StrategyName } from "./dispatch/strategies.ts";
import type { ScoreFormula } from "./dispatch/worker_load.ts";
import { type SkerryError, skerryError } from "./errors.ts";
import { type ChangeHints, FolderHints } from "./functions/change_hints.ts";
import type { Deployments, RouteTable } from "./functions/deployments.ts";
import { KvStore } from "./functions/kv_store.ts";
import { FunctionRegistry, type RegistryListener } from "./functions/registry.ts";
import { ThreadHints } from "./functions/thread_hints.ts";
import { createApp } from "./http/app.ts";
import type { RequestLimits, RequestLog } from "./http/app_options.ts";
import { readAll } from "./http/routes/stats.ts";
import { type JobSocket, listenForJobs } from "./http/jobs/job_socket.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { FunctionLogs } from "./observe/function_logs.ts";
import { logFolder } from "./observe/log_files.ts";
import { FunctionMetricsTable } from "./observe/metrics/function_metrics.ts";
import { functionStats } from "./observe/metrics/function_stats.ts";
import { createMetricsPage } from "./observe/metrics/prometheus.ts";
import { StatsWindow } from "./observe/metrics/stats_window.ts";
import type { TraceSettings } from "./observe/traces/trace_settings.ts";
import type { Tracing } from "./observe/traces/tracing.ts";
import { type NativeOptions, type NativeService, startNative } from "./native/native_service.ts";
import { spawnZygote } from "./native/spawn_zygote.ts";
import type { HttpServer, Platform } from "./platform/platform.ts";
import { addResets } from "./isolate/reset_counts.ts";
import { err, ok, type Result } from "./result.ts";
import { secureRandom } from "./wasi/random.ts";
import { systemClock } from "./wasi/system_clock.ts";

/** What a server serves, where, and within which bounds. */
export interface ServerOptions {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The functions folder; its `public` folder holds static files. */
  readonly functionsFolder: string;
  /** The folder of what must outlive the server; made if it is missing, and never shared by two servers. */
  readonly dataFolder: string;
  /** Worker threads of the pool at most. */
  readonly workers: number;
  /** Worker threads that stay when there is nothing to do. @default all of them */
  readonly minWorkers?: number;
  /** Which of several free workers gets a run; may be changed later. @default "fifo" */
  readonly strategy?: StrategyName;
  /** How the scores of workers are made. @default DEFAULT_FORMULA */
  readonly formula?: ScoreFormula;
  /** Jobs that may wait for a worker. @default 1024 */
  readonly queueLength?: number;
  /** Whether short runs may use the thread that accepts requests. @default true */
  readonly hasFastPath?: boolean;
  readonly requestLimits?: Partial<RequestLimits>;
  /** Wall clock of building one source, milliseconds. @default 60_000 */
  readonly buildTimeoutMs?: number;
  /** Whether function responses tell fuel and path. @default false */
  readonly statsHeaders?: boolean;
  /** Whether requests are counted; without that there is no `/_/metrics`. @default true */
  readonly hasMetrics?: boolean;
  /** Where spans of requests are sent. @default none are made */
  readonly traces?: TraceSettings;
  /** Told why spans are lost. @default nobody is */
  readonly onTraceProblem?: (message: string) => void;
  /** Bearer token of the management API. */
  readonly token?: string;
  /** Secret of the JSON Web Tokens (HS256) that open the management API as well. */
  readonly jwtSecret?: string;
  /** Whether each log has a lock of its own, or one lock guards them all. @default false */
  readonly lockPerLog?: boolean;
  /** Path of a UNIX socket that takes jobs as JSON lines. @default none */
  readonly jobsPath?: string;
  /** What may be called natively. @default nothing */
  readonly native?: NativeOptions;
  readonly version: string;
  /** Where `"$NAME"` values of function configurations come from. */
  readonly environment: (name: string) => string | undefined;
  readonly onRequest: (entry: RequestLog) => void;
  readonly onFunction: RegistryListener;
  /** Called when going on could lose what was promised, e.g. when the disk is full. The process must end at once. */
  readonly onFatal: (error: SkerryError) => void;
}

/** A running server. */
export interface SkerryServer {
  readonly port: number;
  /** The port of native calls over TCP, if they are taken there. */
  readonly nativePort: number | undefined;
  readonly functions: FunctionRegistry;
  readonly deployments: Deployments;
  readonly routes: RouteTable;
  /** Changes the pool's size, strategy and formula while it works. */
  configurePool(settings: PoolSettings): void;
  /** Stops accepting, lets running requests end for at most `graceMs`, and ends every thread. */
  stop(graceMs: number): Promise<void>;
}

const DEFAULT_QUEUE_LENGTH = 1024;
const QUEUE_TIMEOUT_MS = 10_000;
const LAST_ANSWERS_MS = 250;
/** A collector that is slow keeps no server from stopping for longer. */
const LAST_SPANS_MS = 1000;

/**
 * Starts a server: wires the parts together, and that is all it does.
 *
 * @returns `invalid_config` if the functions folder cannot be read, or the data folder or what native calls need
 * not be had. Rejects if the port cannot be had.
 */
export async function startServer(
  options: ServerOptions,
  platform: Platform,
): Promise<Result<SkerryServer, SkerryError>> {
  const data = await openDataFolder(options.dataFolder);
  if (!data.ok) return data;
  const coord = openCoord({
    dataFolder: data.value.path,
    lockPerLog: options.lockPerLog,
    onFailure: options.onFatal,
  });
  if (!coord.ok) {
    data.value.close();
    return coord;
  }
  const native = await startNativeCalls(options, platform);
  if (!native.ok) {
    coord.value.close();
    data.value.close();
    return native;
  }
  const compiler = new Compiler({ spawn: () => platform.spawnWorker("compiler") });
  const builds = buildService(options, platform);
  const pool = workerPool(options, platform, coord.value);
  const inline = fastPath(options);
  const dispatcher = new TwoPathDispatcher(inline, pool);
  let isStopping = false;
  const functions = await FunctionRegistry.open({
    folder: options.functionsFolder,
    dataFolder: options.dataFolder,
    prepare: (bytes, prepareOptions) => compiler.prepare(bytes, prepareOptions),
    build: builds.build,
    loadEngine: builds.loadEngine,
    admitLibrary: native.value?.admit,
    environment: options.environment,
    log: (event) => {
      // What is being prepared then fails because of that, which is no news.
      if (!isStopping) options.onFunction(event);
    },
    hints: (onHint) => folderHints(options.functionsFolder, onHint, platform),
    onRetired: (target) => dispatcher.forget(target),
  });
  if (!functions.ok) {
    coord.value.close();
    await native.value?.stop();
    data.value.close();
    return functions;
  }
  const functionLogs = new FunctionLogs({
    files: logFolder(join(options.dataFolder, "logs")),
    clock: SYSTEM_CLOCK,
  });
  let jobs: Result<JobSocket | undefined, SkerryError> = ok(undefined);
  const closeParts = async () => {
    isStopping = true;
    const closed = functions.value.close();
    // Closing waits for what is being prepared, which this ends.
    compiler.stop();
    builds.stop();
    pool.stop();
    await native.value?.stop();
    if (jobs.ok) await jobs.value?.stop();
    await closed;
    await functionLogs.close();
    await tracing?.stop(LAST_SPANS_MS);
    coord.value.close();
    data.value.close();
  };
  const functionMetrics = new FunctionMetricsTable();
  const { hasMetrics = true } = options;
  const tracing = await startTraces(options);
  const app = createApp({
    functions: functions.value,
    deployments: functions.value.deployments!,
    routes: functions.value.routes,
    functionLogs,
    dispatcher,
    runNative: native.value?.run,
    kv: new KvStore(),
    coord: coord.value,
    scheduler: pool,
    watch: () => watchStats(functionMetrics, pool),
    metrics: hasMetrics
      ? createMetricsPage({
        functions: functionMetrics,
        workers: () => pool.workers.map(workerStats),
        queueDepth: () => pool.load.queued,
        resets: () => ({ ...addResets(inline.resets, pool.resets) }),
      })
      : undefined,
    stats: {
      ...poolStats(pool),
      ...functionStats(functionMetrics),
      coord: () => coord.value.stats(),
      ...native.value === undefined ? {} : { native: native.value.stats },
    },
    publicFolder: join(options.functionsFolder, "public"),
    limits: options.requestLimits,
    statsHeaders: options.statsHeaders,
    newResponse: platform.newResponse,
    version: options.version,
    token: options.token,
    jwtSecret: options.jwtSecret,
    tracing,
    log: (entry) => {
      if (hasMetrics) functionMetrics.add(entry);
      functionLogs.add(entry);
      options.onRequest(entry);
    },
    isReady: () => !isStopping,
  });
  if (options.jobsPath !== undefined) jobs = await listenForJobs(options.jobsPath, app.jobs);
  if (!jobs.ok) {
    await closeParts();
    return jobs;
  }
  const http = await listen(options, platform, app.fetch, closeParts);
  pool.warmUp();
  return ok({
    port: http.port,
    nativePort: native.value?.tcpPort,
    functions: functions.value,
    deployments: functions.value.deployments!,
    routes: functions.value.routes!,
    configurePool: (settings) => pool.configure(settings),
    async stop(graceMs) {
      isStopping = true;
      functionLogs.endFollowers();
      // Clients that wait for a lock, or follow a log, would do so for longer than any grace period.
      coord.value.drain();
      // What still runs after the grace period is answered 503 before its connection goes.
      const timer = setTimeout(() => {
        pool.stop();
        void native.value?.endCalls();
      }, graceMs);
      const untilMs = graceMs + LAST_ANSWERS_MS;
      await Promise.all([
        http.stop(untilMs),
        native.value?.finish(untilMs),
        jobs.ok && jobs.value?.finish(untilMs),
      ]);
      clearTimeout(timer);
      await closeParts();
    },
  });
}

async function startNativeCalls(
  { native, dataFolder }: ServerOptions,
  platform: Platform,
): Promise<Result<NativeService | undefined, SkerryError>> {
  if (native === undefined) return ok(undefined);
  const { denoProgram } = platform;
  const service = await startNative(native, {
    dataFolder,
    spawnZygote: () => spawnZygote(denoProgram),
  });
  return service.ok ? service : err(skerryError("invalid_config", service.error));
}

/** The libraries are loaded only where they are needed. */
async function startTraces(options: ServerOptions): Promise<Tracing | undefined> {
  const { traces, version, onTraceProblem = () => {} } = options;
  if (traces === undefined) return undefined;
  const { startTracing } = await import("./observe/traces/open_telemetry.ts");
  return startTracing(traces, { version, onProblem: onTraceProblem });
}

/** What functions did since the last look, and how the pool is. */
function watchStats(functions: FunctionMetricsTable, pool: WorkerPool): () => unknown {
  const window = new StatsWindow(functions);
  const members = poolStats(pool);
  return () => ({ ...window.look(), ...readAll(members) });
}

function folderHints(folder: string, onHint: () => void, platform: Platform): ChangeHints {
  if (platform.hasSafeFolderWatch) return new FolderHints(folder, onHint);
  return new ThreadHints(folder, onHint, platform.spawnWorker("watcher"));
}

function buildService(options: ServerOptions, platform: Platform): BuildService {
  return createBuildService({
    spawn: () => platform.spawnWorker("builder"),
    cacheFolder: join(options.dataFolder, "cache"),
    environment: options.environment,
    toolchainsFolder: join(options.dataFolder, "toolchains"),
    timeoutMs: options.buildTimeoutMs,
  });
}

function workerPool(
  options: ServerOptions,
  platform: Platform,
  coord: CoordService,
): WorkerPool {
  return new WorkerPool({
    workers: options.workers,
    minWorkers: options.minWorkers,
    strategy: options.strategy,
    formula: options.formula,
    queueLength: options.queueLength ?? DEFAULT_QUEUE_LENGTH,
    queueTimeoutMs: QUEUE_TIMEOUT_MS,
    calls: new CoordRuns(coord, `run-${crypto.randomUUID()}`),
    spawn: () => platform.spawnWorker("pool"),
  });
}

function fastPath(options: ServerOptions): FastPath {
  const system = { clock: systemClock, random: secureRandom };
  const isOn = options.hasFastPath ?? true;
  return new FastPath(system, isOn ? DEFAULT_INLINE_BOUNDS : { ...DEFAULT_INLINE_BOUNDS, fuel: 0 });
}

async function listen(
  { hostname, port }: ServerOptions,
  platform: Platform,
  fetch: Parameters<Platform["serveHttp"]>[0]["fetch"],
  onFailure: () => Promise<void>,
): Promise<HttpServer> {
  try {
    return await platform.serveHttp({ hostname, port, fetch });
  } catch (thrown) {
    await onFailure();
    throw thrown;
  }
}
