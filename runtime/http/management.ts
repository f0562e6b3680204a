import { type Context, type Handler, Hono, type MiddlewareHandler } from "hono";
import { skerryError } from "../errors.ts";
import type { ManagementApiOptions } from "./api/management_api.ts";
import type { AppEnv } from "./app_env.ts";
import { type AppOptions, DEFAULT_REQUEST_LIMITS } from "./app_options.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import type { Invoker } from "./invoke/invoker.ts";
import { managementGuard, type Refuse } from "./management_guard.ts";
import { answerOtherMethods } from "./other_methods.ts";
import { problemResponse } from "./problem.ts";
import { hostFault, pathFault, pathOf } from "./request_path.ts";
import { coordCommandRoutes } from "./routes/coord.ts";
import { coordReadingRoutes } from "./routes/coord_reading.ts";
import { healthRoutes } from "./routes/health.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { miniFaasRoutes } from "./routes/mini_faas.ts";
import { schedulerRoutes } from "./routes/scheduler.ts";
import { statsRoutes } from "./routes/stats.ts";

/** Everything at Skerry's own paths: health, open to all, and its API, behind a guard. */
export function managementApp(options: AppOptions, invoker: Invoker): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const limits = { ...DEFAULT_REQUEST_LIMITS, ...options.limits };
  const { clock = SYSTEM_CLOCK } = options;
  app.use("*", refuseBadTarget);
  app.route("/_", healthRoutes(options.isReady));
  const { deployments } = options;
  if (deployments !== undefined) {
    app.route("/", miniFaasRoutes({ ...options, deployments, invoker, limits }));
  }
  const isOpen = options.token === undefined && options.jwtSecret === undefined;
  const api = describedApi({ ...options, limits });
  if (!isOpen) {
    // The dashboard's page holds no data, and has to be there to ask for the token.
    app.all("/_/ui/*", dashboard(options.version));
    // A browser bears no token, and the description tells nothing of this server but what it can do.
    app.get("/_/docs", api).get("/_/openapi.json", api);
  }
  app.use("/_/*", managementGuard(options, refuse));
  if (isOpen) app.all("/_/ui/*", dashboard(options.version));
  app.route("/_", statsRoutes({ ...options, clock, members: options.stats ?? {} }));
  if (options.metrics !== undefined) app.route("/_", metricsRoutes(options.metrics));
  if (options.scheduler !== undefined) app.route("/_", schedulerRoutes(options.scheduler));
  if (options.coord !== undefined) {
    app.route("/_", coordCommandRoutes({ coord: options.coord, limits }));
    app.route("/_", coordReadingRoutes(options.coord));
  }
  answerOtherMethods(app);
  app.all("/_/*", api);
  app.notFound((c) => noSuchPage(c));
  app.onError((cause, c) => {
    const { requestId } = c.env;
    const error = skerryError(
      "internal_error",
      `Cannot answer: see request ${requestId} in the log`,
    );
    const { method, url } = c.req;
    options.log({ requestId, method, path: pathOf(url), status: 500, error, cause });
    return problemResponse(error, { requestId });
  });
  return app;
}

/** The described part of the API: loaded when first asked, because its library takes as long as all the rest. */
function describedApi(options: ManagementApiOptions): Handler<AppEnv> {
  return loadedWhenAsked(async () => {
    const { managementApi } = await import("./api/management_api.ts");
    const app = managementApi(options);
    app.notFound((c) => noSuchPage(c));
    app.onError((cause) => {
      throw cause;
    });
    return app;
  });
}

/** The dashboard, loaded when first asked for. */
function dashboard(version: string): Handler<AppEnv> {
  return loadedWhenAsked(async () => (await import("../ui/ui_routes.tsx")).uiRoutes(version));
}

/** Hands requests on to an app that is made for the first of them. */
function loadedWhenAsked(
  load: () => Promise<{ fetch: Hono<AppEnv>["fetch"] }>,
): Handler<AppEnv> {
  let loading: ReturnType<typeof load> | undefined;
  return async (c) => await (await (loading ??= load())).fetch(c.req.raw, c.env);
}

function noSuchPage(c: Context<AppEnv>): Response {
  const message = `Cannot find ${c.req.path}: Skerry has no such page`;
  return problemResponse(skerryError("function_not_found", message), {
    requestId: c.env.requestId,
  });
}

/** A `host` with a slash would make another path of the request's: Deno's server builds the URL from it. */
const refuseBadTarget: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { url } = c.req;
  const fault = hostFault(c.req.header("host")) ?? pathFault(url, pathOf(url));
  if (fault === undefined) return await next();
  const error = skerryError("bad_request", `Cannot read the URL: ${fault}`);
  return problemResponse(error, { requestId: c.env.requestId });
};

const refuse: Refuse = (c, error, headers) =>
  problemResponse(error, { requestId: c.env.requestId, headers });
