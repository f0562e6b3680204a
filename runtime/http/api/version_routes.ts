import { z } from "@hono/zod-openapi";
import type { Deployments } from "../../functions/deployments.ts";
import { deployFailure } from "../deploy/deploy_failure.ts";
import { readMembers } from "../json_body.ts";
import { type ApiApp, apiApp, misfit, operation, problem, problems, unchecked } from "./api_app.ts";
import { findDeployed, type FunctionPlaces } from "./find_function.ts";
import { deployedJson, versionJson } from "./function_json.ts";
import { FunctionDetail, NameParams, Rollback, Version } from "./schemas.ts";

/** What the versions' API works with. */
export interface VersionRoutesOptions extends FunctionPlaces {
  readonly deployments: Deployments;
  readonly limits: { readonly bodyTimeoutMs: number };
}

const tags = ["Functions"];
const MAX_ROLLBACK_BYTES = 4096;

/** Shows the versions of deployed functions and their sources, and changes which one is active. */
export function versionRoutes(options: VersionRoutesOptions): ApiApp {
  const app = apiApp();
  const { deployments, functions } = options;
  app.openAPIRegistry.register("Rollback", Rollback);
  app.openapi(SOURCE, async (c) => {
    const { name } = c.req.valid("param");
    const found = findDeployed(options, name);
    if (!found.ok) return problem(c, found.error);
    const source = await deployments.source(found.value.name, c.req.valid("query").version);
    if (!source.ok) return problem(c, source.error);
    const { id, language } = source.value.version;
    const contentType = language === "wasm" ? "application/wasm" : "text/plain; charset=utf-8";
    return new Response(source.value.source, {
      headers: {
        "content-type": contentType,
        "x-content-type-options": "nosniff",
        "x-skerry-language": language,
        "x-skerry-version": id,
      },
    });
  });
  app.openapi(VERSIONS, (c) => {
    const found = findDeployed(options, c.req.valid("param").name);
    return found.ok
      ? c.json({ versions: found.value.versions.map(versionJson) })
      : problem(c, found.error);
  });
  app.openapi(ROLLBACK, async (c) => {
    const { bodyTimeoutMs } = options.limits;
    const bounds = { requestBytes: MAX_ROLLBACK_BYTES, bodyTimeoutMs };
    const members = await readMembers(c.req.raw, bounds);
    if (!members.ok) return problem(c, members.error, deployFailure(members.error));
    const body = Rollback.safeParse(members.value);
    if (!body.success) return problem(c, misfit("body", body.error.issues));
    const found = findDeployed(options, c.req.valid("param").name);
    if (!found.ok) return problem(c, found.error);
    const rolled = await deployments.rollback(found.value.name, body.data.version ?? undefined);
    if (!rolled.ok) return problem(c, rolled.error, deployFailure(rolled.error));
    const status = functions.at(rolled.value.route).find(({ source }) => source === "deployed");
    return c.json(deployedJson(rolled.value, status));
  });
  return app;
}

const SOURCE = operation({
  method: "get",
  path: "/functions/{name}/source",
  tags,
  summary: "Read a version's source",
  request: {
    params: NameParams,
    query: z.object({
      version: z.string().optional().openapi({ description: "The active version if absent" }),
    }),
  },
  responses: {
    200: {
      description: "The source or module as it was deployed",
      headers: z.object({
        "x-skerry-language": z.string(),
        "x-skerry-version": z.string().describe("The version's id"),
      }),
      content: {
        "text/plain": { schema: z.string() },
        "application/wasm": { schema: { type: "string", format: "binary" } },
      },
    },
    ...problems(404),
  },
});

const VERSIONS = operation({
  method: "get",
  path: "/functions/{name}/versions",
  tags,
  summary: "List a function's versions",
  request: { params: NameParams },
  responses: {
    200: {
      description: "Newest first",
      content: { "application/json": { schema: z.object({ versions: z.array(Version) }) } },
    },
    ...problems(404),
  },
});

const ROLLBACK = operation({
  method: "post",
  path: "/functions/{name}/rollback",
  tags,
  summary: "Make another version the active one",
  request: {
    params: NameParams,
    body: { content: { "application/json": { schema: unchecked("Rollback") } } },
  },
  responses: {
    200: {
      description: "The function",
      content: { "application/json": { schema: FunctionDetail } },
    },
    ...problems(404, 413, 422, 503, 507),
  },
});
