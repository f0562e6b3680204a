import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { type ApiApp, apiApp, operation, problem, problems } from "./api_app.ts";
import { findFunction, type FunctionPlaces } from "./find_function.ts";
import { deployedJson, statusJson } from "./function_json.ts";
import { FunctionDetail, FunctionStatus, NameParams } from "./schemas.ts";

const tags = ["Functions"];

const json = { "application/json": { schema: FunctionDetail } };

/** Lists and shows functions. */
export function functionRoutes(options: FunctionPlaces): ApiApp {
  const app = apiApp();
  app.openapi(LIST, (c) => {
    const { functions, deployments } = options;
    return c.json({ functions: functions.list().map((each) => statusJson(each, deployments)) });
  });
  app.openapi(SHOW, (c) => show(c, options, c.req.valid("param").name));
  return app;
}

/** Shows a function by its route as it is, where that does not end like another page of this API. */
export function longRouteRoutes(options: FunctionPlaces): ApiApp {
  const app = apiApp();
  app.get("/functions/:name{.+}", (c) => show(c, options, c.req.param("name")));
  return app;
}

const LIST = operation({
  method: "get",
  path: "/functions",
  tags,
  summary: "List functions",
  description: "Every function: of the folder, deployed, or of the route table.",
  responses: {
    200: {
      description: "Sorted by route",
      content: { "application/json": { schema: z.object({ functions: z.array(FunctionStatus) }) } },
    },
    ...problems(),
  },
});

const SHOW = operation({
  method: "get",
  path: "/functions/{name}",
  tags,
  summary: "Inspect a function",
  request: { params: NameParams },
  responses: { 200: { description: "The function", content: json }, ...problems(404) },
});

function show(c: Context<AppEnv>, options: FunctionPlaces, name: string): Response {
  const found = findFunction(options, name);
  if (!found.ok) return problem(c, found.error);
  const { status, deployed, others } = found.value;
  const { deployments } = options;
  const shown = deployed === undefined
    ? { ...statusJson(status!, deployments), name }
    : deployedJson(deployed, status);
  const also = others.map((each) => statusJson(each, deployments));
  return c.json(also.length === 0 ? shown : { ...shown, also });
}
