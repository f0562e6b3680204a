import type { RefusalReason, Refused } from "../../coord/answer.ts";
import type { Reply } from "../../coord/request.ts";
import { type ErrorCode, type SkerryError, skerryError } from "../../errors.ts";
import { problemResponse } from "../problem.ts";

/** Return codes of old clients: 1 and 2 are an append's, -1 is every other failure. */
const RC: Readonly<Partial<Record<ErrorCode, number>>> = { log_not_found: 1, lock_lost: 2 };

/** Answers as JSON, or as a problem with a return code in it. */
export function replyResponse(
  reply: Reply,
  context: {
    readonly requestId: string;
    readonly leaseLeftMs?: (lock: string, token: number) => number | undefined;
  },
): Response {
  switch (reply.kind) {
    case "opened":
      return Response.json({ rc: 0, message: "Connected!" });
    case "closed":
      return Response.json({ rc: 0, message: "Disconnected!" });
    case "granted": {
      const { lock, token, ttlMs } = reply;
      // A repeat may be told of a grant that another one has followed.
      const leftMs = Math.max(0, Math.floor(context.leaseLeftMs?.(lock, token) ?? 0));
      return Response.json({ rc: 0, token, ttl_ms: ttlMs, lease_left_ms: leftMs });
    }
    case "renewed":
      return Response.json({ rc: 0, token: reply.token, ttl_ms: reply.ttlMs });
    case "waiting":
      return Response.json({ status: "in_progress", position: reply.place }, { status: 202 });
    case "appended":
      return Response.json({ rc: 0, index: reply.index, offset: reply.offset });
    case "created": {
      const { isNew, lock } = reply;
      return Response.json({ rc: 0, created: isNew, lock }, { status: isNew ? 201 : 200 });
    }
    case "released":
    case "cancelled":
    case "done":
      return Response.json({ rc: 0 });
    case "refused":
      return coordProblem(refusalError(reply), context.requestId);
    case "full":
      return coordProblem(FULL, context.requestId);
    case "stopping":
      return coordProblem(STOPPING, context.requestId);
  }
}

/** A problem with its return code. */
export function coordProblem(error: SkerryError, requestId: string): Response {
  const rc = RC[error.code] ?? -1;
  const headers: Record<string, string> = error.code === "overloaded" ? { "retry-after": "1" } : {};
  return problemResponse({ ...error, details: { ...error.details, rc } }, { requestId, headers });
}

const FULL = skerryError(
  "storage_full",
  "Cannot keep this: the disk is nearly full; nothing was done, and releasing locks still works",
);
const STOPPING = skerryError(
  "shutting_down",
  "Cannot answer: the server stops; send the same request again once it is back",
);

function refusalError({ reason, name = "" }: Refused): SkerryError {
  return skerryError(reason === "wrong_lock" ? "lock_lost" : reason, MESSAGES[reason](name));
}

const MESSAGES: Readonly<Record<RefusalReason, (name: string) => string>> = {
  lock_lost: (name) => `Cannot go on: lock ${name} is not held by this client with this token`,
  lock_wait_cancelled: (name) => `Stopped waiting for lock ${name}: the request was taken back`,
  lock_wait_timeout: (name) => `Stopped waiting for lock ${name}: it was not free in time`,
  log_not_found: (name) => `Cannot find log ${name}`,
  name_taken: (name) => `Cannot create log ${name}: it exists under another lock`,
  overloaded: (name) => `Cannot take on ${name}: there are as many as the server allows`,
  session_expired: (name) =>
    `Cannot run the request of client ${name}: it has no session, or that has ended; begin with a new client id`,
  stale_request: (name) => `Cannot run the request of client ${name}: a later one came before it`,
  wrong_lock: (name) => `Cannot append: the log is guarded by lock ${name}`,
};
