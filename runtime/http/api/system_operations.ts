import { type RouteConfig, z } from "@hono/zod-openapi";
import { operation, problems } from "./api_app.ts";

const tags = ["System"];

/** What tells how the server is, described; `routes/health.ts`, `stats.ts`, `metrics.ts` and `scheduler.ts` answer it. */
export function systemOperations(
  { hasMetrics, hasScheduler }: { readonly hasMetrics: boolean; readonly hasScheduler: boolean },
): RouteConfig[] {
  return [
    health("/healthz", "Whether the process answers"),
    health("/readyz", "Whether the server takes requests"),
    stats(),
    ...hasMetrics ? [page("/metrics", "Metrics for Prometheus", "text/plain", z.string())] : [],
    ...hasScheduler ? [showScheduler(), setScheduler()] : [],
    {
      ...page("/openapi.json", "This description", "application/json", z.looseObject({})),
      ...OPEN_WITH_TOKEN,
    },
    {
      ...page("/docs", "This description for people", "text/html", z.string()),
      ...OPEN_WITH_TOKEN,
    },
  ];
}

const OPEN_WITH_TOKEN = {
  description: "Open to everyone where the API is guarded by a token, else to the same machine.",
  security: [],
};

function health(path: string, summary: string): RouteConfig {
  const content = { "application/json": { schema: z.object({ ok: z.boolean() }) } };
  return operation({
    method: "get",
    path: `/_${path}`,
    tags,
    summary,
    description: "Open to everyone.",
    security: [],
    responses: {
      200: { description: "It does", content },
      ...path === "/readyz" ? { 503: { description: "It does not", content } } : {},
    },
  });
}

function page(path: string, summary: string, type: string, schema: z.ZodType): RouteConfig {
  return operation({
    method: "get",
    path: `/_${path}`,
    tags,
    summary,
    responses: {
      200: { description: "As it is now", content: { [type]: { schema } } },
      ...problems(),
    },
  });
}

function stats(): RouteConfig {
  return operation({
    method: "get",
    path: "/_/stats",
    tags,
    summary: "Show or watch the statistics",
    description: "With `Accept: text/event-stream`, what happens, second by second.",
    responses: {
      200: {
        description: "A member for each part of the server",
        content: {
          "application/json": { schema: z.looseObject({}) },
          "text/event-stream": { schema: z.string() },
        },
      },
      ...problems(503),
    },
  });
}

const Strategy = z.string().describe("How a worker is chosen").openapi({ example: "least" });
const Scheduler = z.object({ strategy: Strategy, strategies: z.array(z.string()) });
const schedulerAnswer = {
  200: { description: "As it is now", content: { "application/json": { schema: Scheduler } } },
  ...problems(),
};

function showScheduler(): RouteConfig {
  return operation({
    method: "get",
    path: "/_/scheduler",
    tags,
    summary: "Show the scheduling strategy",
    responses: schedulerAnswer,
  });
}

function setScheduler(): RouteConfig {
  const body = z.object({ strategy: Strategy });
  return operation({
    method: "put",
    path: "/_/scheduler",
    tags,
    summary: "Change the scheduling strategy",
    request: { body: { required: true, content: { "application/json": { schema: body } } } },
    responses: schedulerAnswer,
  });
}
