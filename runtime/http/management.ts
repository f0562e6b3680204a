import { Hono, type MiddlewareHandler } from "hono";
import { skerryError } from "../errors.ts";
import type { AppEnv } from "./app_env.ts";
import { type AppOptions, DEFAULT_REQUEST_LIMITS } from "./app_options.ts";
import { managementGuard, type Refuse } from "./management_guard.ts";
import { problemResponse } from "./problem.ts";
import { hostFault, pathFault, pathOf } from "./request_path.ts";
import { coordCommandRoutes } from "./routes/coord.ts";
import { coordReadingRoutes } from "./routes/coord_reading.ts";
import { functionRoutes } from "./routes/functions.ts";
import { healthRoutes } from "./routes/health.ts";
import { schedulerRoutes } from "./routes/scheduler.ts";
import { statsRoutes } from "./routes/stats.ts";

/** Everything below `/_/`: health, open to all, and the management API, behind its guard. */
export function managementApp(options: AppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use("/_/*", refuseBadTarget);
  app.route("/_", healthRoutes(options.isReady));
  app.use("/_/*", managementGuard(options, refuse));
  app.route("/_", functionRoutes(options.functions));
  app.route("/_", statsRoutes(options.stats ?? {}));
  if (options.scheduler !== undefined) app.route("/_", schedulerRoutes(options.scheduler));
  if (options.coord !== undefined) {
    const limits = { ...DEFAULT_REQUEST_LIMITS, ...options.limits };
    app.route("/_", coordCommandRoutes({ coord: options.coord, limits }));
    app.route("/_", coordReadingRoutes(options.coord));
  }
  app.notFound((c) => {
    const error = skerryError(
      "function_not_found",
      `Cannot find ${c.req.path}: Skerry has no such page`,
    );
    return problemResponse(error, { requestId: c.env.requestId });
  });
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
