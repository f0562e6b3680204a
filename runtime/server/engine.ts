import { join } from "node:path";
import { type BuildService, createBuildService } from "../build/build_service.ts";
import { CoordRuns } from "../coord/guest/coord_runs.ts";
import type { CoordService } from "../coord/service.ts";
import { Compiler } from "../dispatch/compiler.ts";
import { TwoPathDispatcher } from "../dispatch/dispatcher.ts";
import { DEFAULT_INLINE_BOUNDS, FastPath } from "../dispatch/fast_path.ts";
import { WorkerPool } from "../dispatch/pool.ts";
import type { Platform } from "../platform/platform.ts";
import { secureRandom } from "../wasi/random.ts";
import { systemClock } from "../wasi/system_clock.ts";
import type { Lifetime } from "./lifetime.ts";
import type { ServerOptions } from "./server_options.ts";

/** What builds, compiles and runs functions. */
export interface Engine {
  readonly builds: BuildService;
  readonly compiler: Compiler;
  readonly inline: FastPath;
  readonly pool: WorkerPool;
  readonly dispatcher: TwoPathDispatcher;
}

const DEFAULT_QUEUE_LENGTH = 1024;
const QUEUE_TIMEOUT_MS = 10_000;

/** Whoever opens the functions ends the builder and the compiler, as closing the functions waits for what these prepare. */
export function startEngine(
  options: ServerOptions,
  platform: Platform,
  coord: CoordService,
  lifetime: Lifetime,
): Engine {
  const inline = fastPath(options);
  const pool = workerPool(options, platform, coord);
  lifetime.atEnd(() => pool.stop());
  return {
    builds: buildService(options, platform),
    compiler: new Compiler({ spawn: () => platform.spawnWorker("compiler") }),
    inline,
    pool,
    dispatcher: new TwoPathDispatcher(inline, pool),
  };
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
