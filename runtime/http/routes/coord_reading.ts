import { type Context, Hono } from "hono";
import type { CoordService } from "../../coord/service.ts";
import { guardOf, type LockState, type LogState } from "../../coord/state.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { AppEnv } from "../app_env.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { readName } from "../coord/coord_body.ts";
import { coordProblem } from "../coord/coord_reply.ts";
import { recordBytes, recordJson } from "../coord/log_page.ts";
import { logStream } from "../coord/log_stream.ts";

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const PAGE_BYTES = 4 * 1024 * 1024;

/** What locks and logs are like, and what is in a log: as a page of JSON, as raw bytes, or followed as it grows. */
export function coordReadingRoutes(coord: CoordService): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/locks", (c) => {
    const locks = [...coord.state.locks].map(([name, lock]) => lockJson(coord, name, lock));
    return c.json({ rc: 0, locks });
  });
  routes.get("/locks/:name", (c) => {
    const name = readName(c.req.param("name"), "name");
    if (!name.ok) return coordProblem(name.error, c.env.requestId);
    return c.json({ rc: 0, ...lockJson(coord, name.value, coord.state.locks.get(name.value)) });
  });
  routes.get("/logs", (c) => {
    const logs = [...coord.state.logs].map(([name, log]) => logJson(coord, name, log));
    return c.json({ rc: 0, logs });
  });
  routes.get("/logs/:name", (c) => readLog(coord, c));
  return routes;
}

function readLog(coord: CoordService, c: Context<AppEnv>): Response {
  const name = c.req.param("name")!;
  const log = coord.state.logs.get(name);
  if (log === undefined) {
    const error = skerryError("log_not_found", `Cannot find log ${name}`);
    return coordProblem(error, c.env.requestId);
  }
  const range = readRange(c, log);
  if (!range.ok) return coordProblem(range.error, c.env.requestId);
  const { from, limit } = range.value;
  const accept = c.req.header("accept") ?? "";
  if (accept.includes("text/event-stream")) return eventResponse(coord, name, from);
  const records = coord.read(name, from, { records: limit, bytes: PAGE_BYTES });
  const next = from + records.length;
  if (accept.includes("application/octet-stream")) {
    const headers = {
      "content-type": "application/octet-stream",
      "x-skerry-next": String(next),
      "x-skerry-length": String(log.records),
    };
    return new Response(recordBytes(records), { headers });
  }
  return c.json({
    rc: 0,
    ...logJson(coord, name, log),
    from,
    next,
    records: records.map(recordJson),
  });
}

function eventResponse(coord: CoordService, name: string, from: number): Response {
  return new Response(logStream(coord, name, from, SYSTEM_CLOCK), {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Who began by counting from the end, and loses the connection before the first record, goes on there.
      "x-skerry-from": String(from),
    },
  });
}

/** `from` counts from the end if it is negative. A follower that lost its connection names the last record it saw. */
function readRange(
  c: Context<AppEnv>,
  { records }: LogState,
): Result<{ readonly from: number; readonly limit: number }, SkerryError> {
  const lastSeen = c.req.header("last-event-id");
  const from = Number(lastSeen === undefined ? c.req.query("from") ?? 0 : Number(lastSeen) + 1);
  const limit = Number(c.req.query("limit") ?? DEFAULT_LIMIT);
  if (!Number.isSafeInteger(from)) return err(badQuery("from", "a whole number"));
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return err(badQuery("limit", `a whole number from 1 to ${MAX_LIMIT}`));
  }
  return ok({ from: from < 0 ? Math.max(0, records + from) : from, limit });
}

function badQuery(name: string, expected: string): SkerryError {
  return skerryError("bad_request", `Query parameter ${name} must be ${expected}`);
}

function lockJson(coord: CoordService, name: string, lock: LockState | undefined) {
  const leftMs = coord.leaseLeftMs(name);
  return {
    name,
    holder: lock?.holder ?? null,
    token: lock?.token ?? null,
    ttl_ms: lock?.ttlMs ?? null,
    lease_left_ms: leftMs === undefined ? null : Math.max(0, Math.floor(leftMs)),
    queue: lock?.queue.map(({ client }) => client) ?? [],
  };
}

function logJson(coord: CoordService, name: string, log: LogState) {
  const { records, bytes } = log;
  return { name, lock: guardOf(coord.state, name, log), length: records, bytes };
}
