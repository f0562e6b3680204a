import { type Context, Hono } from "hono";
import type { Command } from "../../coord/command.ts";
import type { CoordService } from "../../coord/service.ts";
import type { SkerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { AppEnv } from "../app_env.ts";
import type { RequestLimits } from "../app_options.ts";
import { readData, readName, readWhole } from "../coord/coord_body.ts";
import { coordProblem, replyResponse } from "../coord/coord_reply.ts";
import { type Members, readMembers } from "../json_body.ts";

/** What the routers of locks, logs and sessions work with. */
export interface CoordRoutesOptions {
  readonly coord: CoordService;
  readonly limits: RequestLimits;
}

const SEQ = { min: 0, max: Number.MAX_SAFE_INTEGER };
const TOKEN = { min: 0, max: Number.MAX_SAFE_INTEGER };
const TTL_MS = { min: 1, max: 24 * 3_600_000 };
const DEFAULT_TTL_MS = 2000;

type CommandReader = (
  members: Members,
  name: string,
) => Result<{ readonly command: Command; readonly data?: Uint8Array }, SkerryError>;

/** Everything that changes sessions, locks and logs: a JSON body becomes a command, its answer becomes JSON. */
export function coordCommandRoutes({ coord, limits }: CoordRoutesOptions): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const handle = (read: CommandReader) => async (c: Context<AppEnv>) => {
    const { requestId } = c.env;
    const name = readName(c.req.param("name") ?? "none", "name");
    if (!name.ok) return coordProblem(name.error, requestId);
    const members = await readMembers(c.req.raw, limits);
    if (!members.ok) return coordProblem(members.error, requestId);
    const request = read(members.value, name.value);
    if (!request.ok) return coordProblem(request.error, requestId);
    const { command, data } = request.value;
    const reply = await coord.request(command, data);
    return replyResponse(reply, {
      requestId,
      leaseLeftMs: (...grant) => coord.leaseLeftMs(...grant),
    });
  };
  routes.post("/sessions/init", handle((members) => sessionCommand("open", members)));
  routes.post("/sessions/close", handle((members) => sessionCommand("close", members)));
  routes.post("/locks/:name/acquire", handle(readAcquire));
  routes.post("/locks/:name/cancel", handle(readCancel));
  routes.post("/locks/:name/renew", handle(readRenew));
  routes.post("/locks/:name/release", handle(readRelease));
  routes.post("/logs/:name/append", handle(readAppend));
  routes.put("/logs/:name", handle(readCreate));
  return routes;
}

function sessionCommand(type: "open" | "close", members: Members): ReturnType<CommandReader> {
  const client = readName(members.client_id, "client_id");
  return client.ok ? ok({ command: { type, client: client.value } }) : client;
}

const readAcquire: CommandReader = (members, lock) => {
  const sender = readSender(members);
  if (!sender.ok) return sender;
  const ttlMs = readWhole(members, "ttl_ms", { ...TTL_MS, missing: DEFAULT_TTL_MS });
  if (!ttlMs.ok) return ttlMs;
  const waitMs = readWhole(members, "wait_ms", { min: 0, max: TTL_MS.max, missing: undefined });
  if (!waitMs.ok) return waitMs;
  const wait = waitMs.value === undefined ? {} : { waitMs: waitMs.value };
  return ok({ command: { type: "acquire", ...sender.value, lock, ttlMs: ttlMs.value, ...wait } });
};

const readCancel: CommandReader = (members) => {
  const sender = readSender(members);
  return sender.ok
    ? ok({ command: { type: "cancel", ...sender.value, reason: "cancelled" } })
    : sender;
};

/** A sequence number is allowed, and not needed: see `Renew`. */
const readRenew: CommandReader = (members, lock) => {
  const client = readName(members.client_id, "client_id");
  if (!client.ok) return client;
  const token = readWhole(members, "token", TOKEN);
  if (!token.ok) return token;
  const ttlMs = readWhole(members, "ttl_ms", { ...TTL_MS, missing: DEFAULT_TTL_MS });
  if (!ttlMs.ok) return ttlMs;
  const holder = { client: client.value, token: token.value as number };
  return ok({ command: { type: "renew", ...holder, lock, ttlMs: ttlMs.value } });
};

const readRelease: CommandReader = (members, lock) => {
  const holder = readHolder(members);
  return holder.ok ? ok({ command: { type: "release", ...holder.value, lock } }) : holder;
};

const readAppend: CommandReader = (members, log) => {
  const holder = readHolder(members);
  if (!holder.ok) return holder;
  const lock = members.lock === undefined ? ok(undefined) : readName(members.lock, "lock");
  if (!lock.ok) return lock;
  const data = readData(members);
  if (!data.ok) return data;
  const named = lock.value === undefined ? {} : { lock: lock.value };
  const bytes = data.value.length;
  const command = { type: "append", ...holder.value, log, ...named, bytes } as const;
  return ok({ command, data: data.value });
};

const readCreate: CommandReader = (members, log) => {
  if (members.lock === undefined) return ok({ command: { type: "create", log } });
  const lock = readName(members.lock, "lock");
  return lock.ok ? ok({ command: { type: "create", log, lock: lock.value } }) : lock;
};

interface Sender {
  readonly client: string;
  readonly seq: number;
}

function readSender(members: Members): Result<Sender, SkerryError> {
  const client = readName(members.client_id, "client_id");
  if (!client.ok) return client;
  const seq = readWhole(members, "seq", SEQ);
  return seq.ok ? ok({ client: client.value, seq: seq.value as number }) : seq;
}

function readHolder(members: Members): Result<Sender & { readonly token: number }, SkerryError> {
  const sender = readSender(members);
  if (!sender.ok) return sender;
  const token = readWhole(members, "token", TOKEN);
  return token.ok ? ok({ ...sender.value, token: token.value as number }) : err(token.error);
}
