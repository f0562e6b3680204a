import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { LANGUAGE_NAMES } from "../../build/language.ts";
import type { Deployments } from "../../functions/deployments.ts";
import type { AppEnv } from "../app_env.ts";
import { deployFailure } from "../deploy/deploy_failure.ts";
import { type DeployReading, readDeployRequest } from "../deploy/deploy_request.ts";
import { type ApiApp, apiApp, operation, problem, problems, unchecked } from "./api_app.ts";
import type { FunctionPlaces } from "./find_function.ts";
import { deployedJson } from "./function_json.ts";
import { Deployment, FunctionDetail, NameParams } from "./schemas.ts";

/** What changing functions works with. */
export interface DeployRoutesOptions extends FunctionPlaces {
  readonly deployments: Deployments;
  readonly limits: { readonly bodyTimeoutMs: number };
}

const tags = ["Functions"];
const json = { "application/json": { schema: FunctionDetail } };

/** Deploys, replaces and deletes functions. */
export function deployRoutes(options: DeployRoutesOptions): ApiApp {
  const app = apiApp();
  app.openAPIRegistry.register("Deployment", Deployment);
  app.openapi(DEPLOY, (c) => deploy(c, options, { query: c.req.query() }));
  app.openapi(REPLACE, (c) => {
    const { name } = c.req.valid("param");
    return deploy(c, options, { query: c.req.query(), name, isReplacing: true });
  });
  app.openapi(REMOVE, async (c) => {
    const removed = await options.deployments.remove(c.req.valid("param").name);
    return removed.ok ? c.body(null, 204) : problem(c, removed.error);
  });
  return app;
}

const DEPLOY_PROBLEMS = problems(408, 409, 413, 422, 501, 503, 507);

/** Read together with the body, which may say it instead. */
const LanguageText = z.string().optional().openapi({
  enum: [...LANGUAGE_NAMES],
  description: "The source's language",
});

const SOURCE_BODY = {
  description: "The source or module as it is, or everything as JSON",
  required: true,
  content: {
    "application/octet-stream": { schema: { type: "string", format: "binary" } },
    "application/json": { schema: unchecked("Deployment") },
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
      name: z.string().optional().openapi({
        description:
          "Letters, digits, `-`, `_` and single `.`, at most 64; it is served at `/NAME`",
      }),
      lang: LanguageText,
      replace: z.string().optional().openapi({
        type: "boolean",
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
      lang: LanguageText,
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

async function deploy(
  c: Context<AppEnv>,
  options: DeployRoutesOptions,
  reading: Omit<DeployReading, "bodyTimeoutMs">,
): Promise<Response> {
  const { functions, deployments, limits } = options;
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
