import type { SkerryError } from "../errors.ts";
import type { Deployments, RouteTable } from "../functions/deployments.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { App } from "../http/app.ts";
import { type JobSocket, listenForJobs } from "../http/jobs/job_socket.ts";
import type { PoolSettings } from "../dispatch/pool_settings.ts";
import type { HttpServer, Platform } from "../platform/platform.ts";
import { ok, type Result } from "../result.ts";
import { startEngine } from "./engine.ts";
import { Lifetime } from "./lifetime.ts";
import { openFunctions } from "./open_functions.ts";
import { type AppParts, serverApp } from "./server_app.ts";
import type { ServerOptions } from "./server_options.ts";
import { openServices } from "./services.ts";

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

const LAST_ANSWERS_MS = 250;

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
  const lifetime = new Lifetime();
  let started: Result<SkerryServer, SkerryError> | undefined;
  try {
    return started = await start(options, platform, lifetime);
  } finally {
    if (!started?.ok) await lifetime.end();
  }
}

async function start(
  options: ServerOptions,
  platform: Platform,
  lifetime: Lifetime,
): Promise<Result<SkerryServer, SkerryError>> {
  const services = await openServices(options, platform, lifetime);
  if (!services.ok) return services;
  const engine = startEngine(options, platform, services.value.coord, lifetime);
  const functions = await openFunctions(options, platform, services.value, engine, lifetime);
  if (!functions.ok) return functions;
  const parts = { ...services.value, engine, functions: functions.value, lifetime };
  const app = serverApp(options, platform, parts);
  const jobs = await listenForJobsOn(options.jobsPath, app, lifetime);
  if (!jobs.ok) return jobs;
  const { hostname, port } = options;
  const http = await platform.serveHttp({ hostname, port, fetch: app.fetch });
  engine.pool.warmUp();
  return ok({
    port: http.port,
    nativePort: parts.native?.tcpPort,
    functions: parts.functions,
    deployments: parts.functions.deployments!,
    routes: parts.functions.routes!,
    configurePool: (settings) => engine.pool.configure(settings),
    stop: (graceMs) => stop(parts, { http, jobs: jobs.value }, graceMs),
  });
}

async function listenForJobsOn(
  path: string | undefined,
  app: App,
  lifetime: Lifetime,
): Promise<Result<JobSocket | undefined, SkerryError>> {
  if (path === undefined) return ok(undefined);
  const jobs = await listenForJobs(path, app.jobs);
  if (jobs.ok) lifetime.atEnd(() => jobs.value.stop());
  return jobs;
}

/** What takes requests. */
interface Entrances {
  readonly http: HttpServer;
  readonly jobs: JobSocket | undefined;
}

async function stop(
  { lifetime, engine, functionLogs, coord, native }: AppParts,
  { http, jobs }: Entrances,
  graceMs: number,
): Promise<void> {
  lifetime.announceEnd();
  functionLogs.endFollowers();
  // Clients that wait for a lock, or follow a log, would do so for longer than any grace period.
  coord.drain();
  // What still runs after the grace period is answered 503 before its connection goes.
  const timer = setTimeout(() => {
    engine.pool.stop();
    void native?.endCalls();
  }, graceMs);
  const untilMs = graceMs + LAST_ANSWERS_MS;
  await Promise.all([http.stop(untilMs), native?.finish(untilMs), jobs?.finish(untilMs)]);
  clearTimeout(timer);
  await lifetime.end();
}
