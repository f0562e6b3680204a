import { join } from "node:path";
import type { FunctionRegistry } from "../functions/registry.ts";
import { KvStore } from "../functions/kv_store.ts";
import { poolStats, workerStats } from "../dispatch/pool_stats.ts";
import type { WorkerPool } from "../dispatch/pool.ts";
import { type App, createApp } from "../http/app.ts";
import { readAll } from "../http/routes/stats.ts";
import { addResets } from "../isolate/reset_counts.ts";
import { FunctionMetricsTable } from "../observe/metrics/function_metrics.ts";
import { functionStats } from "../observe/metrics/function_stats.ts";
import { createMetricsPage, type MetricsPage } from "../observe/metrics/prometheus.ts";
import { StatsWindow } from "../observe/metrics/stats_window.ts";
import type { Platform } from "../platform/platform.ts";
import type { Engine } from "./engine.ts";
import type { Lifetime } from "./lifetime.ts";
import type { ServerOptions } from "./server_options.ts";
import type { Services } from "./services.ts";

/** The parts that answer requests. */
export interface AppParts extends Services {
  readonly engine: Engine;
  readonly functions: FunctionRegistry;
  readonly lifetime: Lifetime;
}

/** Puts the parts together into what answers requests. */
export function serverApp(options: ServerOptions, platform: Platform, parts: AppParts): App {
  const { engine, functions, functionLogs, coord, native, tracing, lifetime } = parts;
  const functionMetrics = new FunctionMetricsTable();
  const { hasMetrics = true } = options;
  return createApp({
    functions,
    deployments: functions.deployments!,
    routes: functions.routes,
    functionLogs,
    dispatcher: engine.dispatcher,
    runNative: native?.run,
    kv: new KvStore(),
    coord,
    scheduler: engine.pool,
    watch: () => watchStats(functionMetrics, engine.pool),
    metrics: hasMetrics ? metricsPage(functionMetrics, engine) : undefined,
    stats: {
      ...poolStats(engine.pool),
      ...functionStats(functionMetrics),
      coord: () => coord.stats(),
      ...native === undefined ? {} : { native: native.stats },
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
    isReady: () => !lifetime.isEnding,
  });
}

function metricsPage(functions: FunctionMetricsTable, { inline, pool }: Engine): MetricsPage {
  return createMetricsPage({
    functions,
    workers: () => pool.workers.map(workerStats),
    queueDepth: () => pool.load.queued,
    resets: () => ({ ...addResets(inline.resets, pool.resets) }),
  });
}

/** What functions did since the last look, and how the pool is. */
function watchStats(functions: FunctionMetricsTable, pool: WorkerPool): () => unknown {
  const window = new StatsWindow(functions);
  const members = poolStats(pool);
  return () => ({ ...window.look(), ...readAll(members) });
}
