import process from "node:process";
import type { CoordError } from "../runtime/coord/client/coord_error.ts";
import type { CoordClientOptions } from "../runtime/coord/client/coord_client.ts";
import { ok, type Result } from "../runtime/result.ts";
import { type Option, type ParsedArguments, wholeNumber } from "./arguments.ts";
import type { CliContext } from "./context.ts";
import { serverAddress } from "./server_arguments.ts";

/** Options that name a session and what it holds, for verbs that go on where another one left off. */
export const HOLDER_OPTIONS: Readonly<Record<string, Option>> = {
  client: { value: "ID", help: "the client that holds the lock; default: $SKERRY_CLIENT_ID" },
  "lock-token": { value: "N", help: "its fencing token; default: $SKERRY_LOCK_TOKEN" },
};

/** The server to speak to, and the numbering that all processes of a client share. */
export function clientOptions(args: ParsedArguments): CoordClientOptions {
  return {
    ...serverAddress(args),
    nextSeq: timeSeq(() => performance.timeOrigin + performance.now()),
  };
}

/**
 * Numbers requests by the time in microseconds, so that processes which follow one another as one client need not tell each
 * other how far they came.
 */
export function timeSeq(nowMs: () => number): () => number {
  let last = 0;
  return () => last = Math.max(last + 1, Math.floor(nowMs() * 1000));
}

/** A session and a token, if both are told. */
export function readHolder(
  args: ParsedArguments,
): Result<{ readonly client: string; readonly token: number } | undefined, string> {
  const values = {
    "lock-token": args.values["lock-token"] ?? process.env.SKERRY_LOCK_TOKEN,
  };
  const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const token = wholeNumber({ ...args, values }, "lock-token", bounds);
  if (!token.ok) return token;
  const client = args.values.client ?? process.env.SKERRY_CLIENT_ID;
  if (client === undefined || token.value === undefined) return ok(undefined);
  return ok({ client, token: token.value });
}

/** Says why a request failed. Returns the exit code. */
export function requestError(
  context: CliContext,
  args: ParsedArguments,
  error: CoordError,
): number {
  const { code, message, rc } = error;
  if (args.switches.json) context.print(JSON.stringify({ rc, code, detail: message }));
  else context.printError(message);
  return 1;
}
