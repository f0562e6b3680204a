import { z } from "@hono/zod-openapi";
import { skerryError } from "../../errors.ts";
import type { FunctionLogs } from "../../observe/function_logs.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { type ApiApp, apiApp, operation, problem, problems } from "./api_app.ts";
import { findFunction, type FunctionPlaces } from "./find_function.ts";
import { functionLogStream } from "./log_stream.ts";
import { LogEntry, NameParams } from "./schemas.ts";

/** What the API of functions' logs works with. */
export interface FunctionLogRoutesOptions extends FunctionPlaces {
  readonly functionLogs: FunctionLogs;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** Shows what functions wrote to standard error, and how they failed; also as it happens. */
export function functionLogRoutes(options: FunctionLogRoutesOptions): ApiApp {
  const app = apiApp();
  const { functionLogs } = options;
  app.openapi(LOGS, async (c) => {
    const found = findFunction(options, c.req.valid("param").name);
    if (!found.ok) return problem(c, found.error);
    const { route } = found.value;
    const { limit, after } = c.req.valid("query");
    if (c.req.header("accept")?.includes("text/event-stream")) {
      const seen = c.req.valid("header")["last-event-id"];
      const start = { limit, after: seen ?? after };
      return new Response(functionLogStream(functionLogs, route, start, SYSTEM_CLOCK), {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
      });
    }
    try {
      return c.json({ entries: await functionLogs.read(route, { limit, after }) });
    } catch {
      const message = `Cannot read the log of ${route}: the disk does not give it`;
      return problem(c, skerryError("storage_failed", message));
    }
  });
  return app;
}

const EntryId = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const LOGS = operation({
  method: "get",
  path: "/functions/{name}/logs",
  tags: ["Functions"],
  summary: "Read or follow a function's log",
  description: "With `Accept: text/event-stream` the answer goes on: an event `entry` for each " +
    "entry, whose `id` is the entry's, without end.",
  request: {
    params: NameParams,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).openapi({
        description: "Entries at most; a stream begins with so many",
      }),
      after: EntryId.optional().openapi({
        description: "Only entries with greater ids; the newest ones if absent",
      }),
    }),
    headers: z.object({
      "last-event-id": EntryId.optional().openapi({
        description: "As `after`, of a stream that was cut off",
      }),
    }),
  },
  responses: {
    200: {
      description: "Oldest first",
      content: {
        "application/json": { schema: z.object({ entries: z.array(LogEntry) }) },
        "text/event-stream": { schema: z.string() },
      },
    },
    ...problems(404),
  },
});
