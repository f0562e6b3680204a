import { Hono } from "hono";
import { skerryError } from "../../errors.ts";
import type { AppEnv } from "../app_env.ts";
import type { FunctionDirectory } from "../app_options.ts";
import { problemResponse } from "../problem.ts";
import { decodePath, pathOf } from "../request_path.ts";

const PREFIX = "/_/functions";

/** `/functions`: every function and how it is. `/functions/<route>`: one of them, e.g. `/functions/greet/[name]`. */
export function functionRoutes(functions: Pick<FunctionDirectory, "list">): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/functions", (c) => c.json({ functions: functions.list() }));
  routes.get("/functions/*", (c) => {
    const route = decodePath(pathOf(c.req.url).slice(PREFIX.length));
    const listing = functions.list().find((candidate) => candidate.route === route);
    if (listing !== undefined) return c.json(listing);
    const error = skerryError("function_not_found", `Cannot find a function with route ${route}`);
    return problemResponse(error, { requestId: c.env.requestId });
  });
  return routes;
}
