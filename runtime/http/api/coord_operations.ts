import { type RouteConfig, z } from "@hono/zod-openapi";
import { operation, problems } from "./api_app.ts";

/** Locks, logs and sessions, described; `routes/coord.ts` and `routes/coord_reading.ts` answer them. */
export function coordOperations(): RouteConfig[] {
  return [...sessions(), ...locks(), ...logs()];
}

const Name = z.string().openapi({ example: "files" });
const ClientId = z.string().describe("Chosen by the client, at random");
const Seq = z.int().min(0).describe(
  "Counts the client's requests; the same number is the same one",
);
const Token = z.int().min(0).describe("The fencing token of the grant");
const TtlMs = z.int().min(1).optional().describe("The lease, milliseconds; 2000 if absent");
const Done = z.object({ rc: z.literal(0) }).openapi("Done");

const Lock = z.object({
  name: Name,
  holder: z.string().nullable().describe("The holder's client id"),
  token: z.int().nullable(),
  ttl_ms: z.int().nullable(),
  lease_left_ms: z.int().nullable(),
  queue: z.array(z.string()).describe("Client ids in order of arrival"),
}).openapi("Lock");

const Log = z.object({
  name: z.string().openapi({ example: "file_0" }),
  lock: z.string().describe("The lock that guards it"),
  length: z.int().describe("Records"),
  bytes: z.int(),
}).openapi("Log");

const Record = z.object({
  index: z.int(),
  offset: z.int().describe("Bytes of the log before this record"),
  position: z.int(),
  data: z.string().optional(),
  data_base64: z.string().optional().describe("In place of data that is not UTF-8"),
}).openapi("Record");

const LOCK = z.object({ name: z.string().openapi({ description: "A lock", example: "files" }) });
const LOG = z.object({ name: z.string().openapi({ description: "A log", example: "file_0" }) });

function sessions(): RouteConfig[] {
  const member = { client_id: ClientId };
  const connected = z.object({ rc: z.literal(0), message: z.string() });
  return [
    command("post", "/sessions/init", "Locks", "Begin a session", member, connected),
    command(
      "post",
      "/sessions/close",
      "Locks",
      "End a session, and give back its locks",
      member,
      connected,
    ),
  ];
}

function locks(): RouteConfig[] {
  const sender = { client_id: ClientId, seq: Seq };
  const wait = {
    ttl_ms: TtlMs,
    wait_ms: z.int().min(0).optional().describe("Give up after so long"),
  };
  const granted = z.object({
    rc: z.literal(0),
    token: z.int(),
    ttl_ms: z.int(),
    lease_left_ms: z.int().optional(),
  }).openapi("Grant");
  const renew = { client_id: ClientId, token: Token, ttl_ms: TtlMs };
  return [
    reading("/locks", "Locks", "List locks", z.object({ rc: z.literal(0), locks: z.array(Lock) })),
    reading("/locks/{name}", "Locks", "Show a lock", Lock.extend({ rc: z.literal(0) }), LOCK),
    lock("acquire", "Wait for a lock and take it", { ...sender, ...wait }, granted),
    lock("cancel", "Stop waiting for a lock", sender, Done),
    lock("renew", "Renew the lease of a lock", renew, granted),
    lock("release", "Give a lock back", { ...sender, token: Token }, Done),
  ];
}

function lock(
  verb: string,
  summary: string,
  members: z.ZodRawShape,
  answer: z.ZodType,
): RouteConfig {
  return command("post", `/locks/{name}/${verb}`, "Locks", summary, members, answer, LOCK);
}

function logs(): RouteConfig[] {
  const append = {
    client_id: ClientId,
    seq: Seq,
    token: Token,
    lock: Name.optional().describe("The lock it is appended under"),
    data: z.string().optional(),
    data_base64: z.string().optional().describe("In place of data"),
  };
  const appended = z.object({ rc: z.literal(0), index: z.int(), offset: z.int() });
  const created = z.object({ rc: z.literal(0), created: z.boolean(), lock: z.string() });
  const create = { lock: Name.optional().describe("The lock that guards it") };
  return [
    reading("/logs", "Logs", "List logs", z.object({ rc: z.literal(0), logs: z.array(Log) })),
    readLog(),
    command("post", "/logs/{name}/append", "Logs", "Append a record", append, appended, LOG),
    command("put", "/logs/{name}", "Logs", "Create a log", create, created, LOG),
  ];
}

function readLog(): RouteConfig {
  const page = Log.extend({
    rc: z.literal(0),
    from: z.int(),
    next: z.int().describe("Where the next page begins"),
    records: z.array(Record),
  });
  return operation({
    method: "get",
    path: "/_/logs/{name}",
    tags: ["Logs"],
    summary: "Read or follow a log",
    description: "By `Accept`: a page of JSON, the records' bytes, or events without end.",
    request: {
      params: LOG,
      query: z.object({
        from: z.int().optional().openapi({
          description:
            "The first record's index; counts from the end if negative (a stream tells in `x-skerry-from` which that is)",
        }),
        limit: z.int().min(1).max(10_000).optional().openapi({ description: "Records at most" }),
      }),
      headers: z.object({
        "last-event-id": z.int().optional().openapi({ description: "The last record seen" }),
      }),
    },
    responses: {
      200: {
        description: "Records",
        content: {
          "application/json": { schema: page },
          "application/octet-stream": { schema: { type: "string", format: "binary" } },
          "text/event-stream": { schema: z.string() },
        },
      },
      ...problems(404),
    },
  });
}

function reading(
  path: string,
  tag: string,
  summary: string,
  answer: z.ZodType,
  params?: typeof LOCK,
): RouteConfig {
  return operation({
    method: "get",
    path: `/_${path}`,
    tags: [tag],
    summary,
    request: params === undefined ? {} : { params },
    responses: {
      200: { description: "As it is now", content: { "application/json": { schema: answer } } },
      ...problems(),
    },
  });
}

function command(
  method: "post" | "put",
  path: string,
  tag: string,
  summary: string,
  members: z.ZodRawShape,
  answer: z.ZodType,
  params?: typeof LOCK,
): RouteConfig {
  return operation({
    method,
    path: `/_${path}`,
    tags: [tag],
    summary,
    request: {
      ...params === undefined ? {} : { params },
      body: { required: true, content: { "application/json": { schema: z.object(members) } } },
    },
    responses: {
      200: { description: "It took effect", content: { "application/json": { schema: answer } } },
      ...method === "put" ? { 201: { description: "It is new" } } : {},
      202: { description: "A request with this number is still under way; ask again" },
      ...problems(404, 408, 409, 413, 503),
    },
  });
}
