import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { skerryError } from "../../errors.ts";
import type { RouteTable } from "../../functions/deployments.ts";
import type { AppEnv } from "../app_env.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { deployFailure } from "../deploy/deploy_failure.ts";
import { readBody } from "../request_body.ts";
import { type ApiApp, apiApp, operation, problem, problems } from "./api_app.ts";
import { RouteRow } from "./schemas.ts";

/** What the route table's API works with. */
export interface RouteTableRoutesOptions {
  readonly routes: RouteTable;
  readonly limits: { readonly bodyTimeoutMs: number };
}

const tags = ["Routes"];
const MAX_ROW_BYTES = 256 * 1024;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Lists, changes and deletes rows of the route table. */
export function routeTableRoutes(options: RouteTableRoutesOptions): ApiApp {
  const app = apiApp();
  const { routes } = options;
  app.openapi(LIST, (c) => c.json({ routes: routes.list() }));
  app.openapi(PUT, (c) => put(c, options, c.req.valid("param").key));
  app.openapi(REMOVE, (c) => remove(c, routes, c.req.valid("param").key));
  // The same with the slashes of a key as they are.
  app.put("/routes/:key{.+}", (c) => put(c, options, c.req.param("key")));
  app.delete("/routes/:key{.+}", (c) => remove(c, routes, c.req.param("key")));
  return app;
}

async function put(
  c: Context<AppEnv>,
  { routes, limits: { bodyTimeoutMs } }: RouteTableRoutesOptions,
  key: string,
): Promise<Response> {
  const limits = { requestBytes: MAX_ROW_BYTES, bodyTimeoutMs };
  const body = await readBody(c.req.raw, limits, SYSTEM_CLOCK);
  if (!body.ok) return problem(c, body.error, deployFailure(body.error));
  const value = decode(body.value);
  if (value === undefined) {
    const message = "Cannot read the body: it is not UTF-8";
    return problem(c, skerryError("bad_request", message));
  }
  const row = await routes.put(key, value);
  return row.ok ? c.json(row.value) : problem(c, row.error, deployFailure(row.error));
}

async function remove(c: Context<AppEnv>, routes: RouteTable, key: string): Promise<Response> {
  const removed = await routes.remove(key);
  return removed.ok ? c.body(null, 204) : problem(c, removed.error);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

const KeyParams = z.object({
  key: z.string().openapi({
    description: "`METHOD:/path`, percent-encoded",
    example: "POST:/api/convert",
  }),
});

const LIST = operation({
  method: "get",
  path: "/routes",
  tags,
  summary: "List the route table",
  description: "Other programs edit it too: it is the table `functions` of `faas_meta.db`.",
  responses: {
    200: {
      description: "Sorted by key; also rows that cannot be used",
      content: { "application/json": { schema: z.object({ routes: z.array(RouteRow) }) } },
    },
    ...problems(),
  },
});

const PUT = operation({
  method: "put",
  path: "/routes/{key}",
  tags,
  summary: "Insert or update a row",
  request: {
    params: KeyParams,
    body: {
      description: "The row's value",
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            example: { name: "imageConverter", runtime: "wasm", module: "convert.wasm" },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: "The row; it answers",
      content: { "application/json": { schema: RouteRow } },
    },
    ...problems(413, 422, 503, 507),
  },
});

const REMOVE = operation({
  method: "delete",
  path: "/routes/{key}",
  tags,
  summary: "Delete a row",
  request: { params: KeyParams },
  responses: { 204: { description: "It is gone" }, ...problems(404, 503, 507) },
});
