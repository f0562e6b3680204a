import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { deployFailure } from "../deploy/deploy_failure.ts";
import { type DeployReading, readDeployRequest } from "../deploy/deploy_request.ts";
import { type ApiApp, apiApp, operation, problem, problems } from "./api_app.ts";
import { findFunction, type FunctionPlaces } from "./find_function.ts";
import { deployedJson, statusJson } from "./function_json.ts";
import { Deployment, FunctionDetail, FunctionStatus, Language } from "./schemas.ts";

/** What the functions' API works with. */
export interface FunctionRoutesOptions extends FunctionPlaces {
  readonly limits: { readonly bodyTimeoutMs: number };
}

const tags = ["Functions"];
const Name = z.string().openapi({
  description: "A deployed function's name, or a route without its first slash, percent-encoded",
  example: "hello",
});
export const NameParams = z.object({ name: Name });

const json = { "application/json": { schema: FunctionDetail } };

/** Lists, shows, deploys, replaces and deletes functions. */
export function functionRoutes(options: FunctionRoutesOptions): ApiApp {
  const app = apiApp();
  app.openapi(LIST, (c) => {
    const { functions, deployments } = options;
    return c.json({ functions: functions.list().map((each) => statusJson(each, deployments)) });
  });
  app.openapi(SHOW, (c) => show(c, options, c.req.valid("param").name));
  // A route as it is, where it does not end like another page of this API.
  app.get("/functions/:name{.+}", (c) => show(c, options, c.req.param("name")));
  app.openapi(DEPLOY, (c) => deploy(c, options, { query: c.req.query() }));
  app.openapi(REPLACE, (c) => {
    const { name } = c.req.valid("param");
    return deploy(c, options, { query: c.req.query(), name, isReplacing: true });
  });
  app.openapi(REMOVE, async (c) => {
    const removed = await options.deployments!.remove(c.req.valid("param").name);
    return removed.ok ? c.body(null, 204) : problem(c, removed.error);
  });
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

const DEPLOY_PROBLEMS = problems(408, 409, 413, 422, 501, 503, 507);

/** Not a schema that checks: the body is read within bounds, and only then looked at. */
const SOURCE_BODY = {
  description: "The source or module as it is, or a Deployment as JSON",
  required: true,
  content: {
    "application/octet-stream": { schema: { type: "string", format: "binary" } },
    "application/json": { schema: { $ref: "#/components/schemas/Deployment" } },
  },
} as const;

const DEPLOY = operation({
  method: "post",
  path: "/functions",
  tags,
  summary: "Deploy a function",
  description: "Builds the source and serves it at `/NAME`. Durable, and served, once answered.",
  request: {
    query: z.object({
      name: z.string().optional(),
      lang: Language.or(z.string()).optional().openapi({ description: "The source's language" }),
      replace: z.string().optional().openapi({
        description: "`true` gives a name that is taken a new version",
      }),
    }),
    body: SOURCE_BODY,
  },
  responses: {
    201: { description: "It was deployed", content: json },
    200: { description: "It was replaced", content: json },
    ...DEPLOY_PROBLEMS,
  },
});

const REPLACE = operation({
  method: "put",
  path: "/functions/{name}",
  tags,
  summary: "Deploy or replace a function",
  description: "No request fails while a version is replaced.",
  request: {
    params: NameParams,
    query: z.object({
      lang: z.string().optional().openapi({ description: "The source's language" }),
    }),
    body: SOURCE_BODY,
  },
  responses: {
    201: { description: "It was deployed", content: json },
    200: { description: "It was replaced", content: json },
    ...DEPLOY_PROBLEMS,
  },
});

const REMOVE = operation({
  method: "delete",
  path: "/functions/{name}",
  tags,
  summary: "Delete a deployed function",
  description: "With all of its versions. Requests that run end well.",
  request: { params: NameParams },
  responses: { 204: { description: "It is gone" }, ...problems(404, 503, 507) },
});

function show(c: Context<AppEnv>, options: FunctionRoutesOptions, name: string): Response {
  const found = findFunction(options, name);
  if (!found.ok) return problem(c, found.error);
  const { status, deployed } = found.value;
  if (deployed !== undefined) return c.json(deployedJson(deployed, status));
  return c.json({ ...status, name });
}

async function deploy(
  c: Context<AppEnv>,
  options: FunctionRoutesOptions,
  reading: Omit<DeployReading, "bodyTimeoutMs">,
): Promise<Response> {
  const { functions, limits } = options;
  const deployments = options.deployments!;
  const { bodyTimeoutMs } = limits;
  const request = await readDeployRequest(c.req.raw, { ...reading, bodyTimeoutMs });
  if (!request.ok) return problem(c, request.error, deployFailure(request.error));
  const isNew = deployments.find(request.value.name) === undefined;
  const deployed = await deployments.deploy(request.value);
  if (!deployed.ok) return problem(c, deployed.error, deployFailure(deployed.error));
  const { route } = deployed.value;
  const status = functions.at(route).find(({ source }) => source === "deployed");
  const body = { ...deployedJson(deployed.value, status), url: route };
  return c.json(body, isNew ? 201 : 200);
}

/** Named in bodies that are not checked, so it must be said to be there. */
export function describeDeployment(app: ApiApp): void {
  app.openAPIRegistry.register("Deployment", Deployment);
}
