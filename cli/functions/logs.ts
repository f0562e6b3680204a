import type { FunctionLogEntry } from "../../runtime/observe/function_log_entry.ts";
import { delay, SYSTEM_CLOCK } from "../../runtime/clock.ts";
import { serverEvents } from "../../runtime/coord/client/server_events.ts";
import { type Option, wholeNumber } from "../arguments.ts";
import type { ManagementError } from "../management_client.ts";
import { type ServerCall, serverVerb } from "../server_verb.ts";
import { goneMessage } from "../server_arguments.ts";
import { writeStdout } from "../standard_streams.ts";
import { functionPath } from "./function_json.ts";
import { logEntryLines } from "./log_entry_lines.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  follow: { help: "go on as the log grows, also when the server was gone", letter: "f" },
  limit: { value: "N", help: "begin with the last N entries; default: 100" },
};

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;
const RECONNECT_MS = 1000;

/** `skerry logs NAME`. */
export const logsVerb = serverVerb({
  name: "logs",
  summary: "Shows what a function wrote to standard error, and its failures.",
  usage: "skerry logs NAME [--follow] [--limit N] [OPTIONS]",
  options: OPTIONS,
  notes: "NAME is what skerry list shows. With --json every entry is one line.",
  operands: ["NAME"],
  async run(call) {
    const { operands: [name], args, client, fail, misused } = call;
    const limit = wholeNumber(args, "limit", { min: 1, max: MAX_LIMIT });
    if (!limit.ok) return misused(limit.error);
    const path = `${functionPath(name!)}/logs`;
    const query = { limit: String(limit.value ?? DEFAULT_LIMIT) };
    const last = await client.json<{ entries: FunctionLogEntry[] }>(path, { query });
    if (!last.ok) return fail(last.error);
    const { entries } = last.value;
    for (const entry of entries) await print(entry, call);
    if (args.switches.follow) return await follow(path, entries.at(-1)?.id ?? 0, call);
    if (entries.length === 0 && !args.switches.json) {
      call.context.printError(`The log of ${name} is empty: it has written and failed nothing`);
    }
    return 0;
  },
});

/** Follows until the server refuses, from the last entry seen; connects again when the connection breaks. */
async function follow(path: string, lastId: number, call: ServerCall): Promise<number> {
  let isGone = false;
  for (;;) {
    const headers = { "last-event-id": String(lastId) };
    const stream = await call.client.open(`/_/${path}`, { accept: "text/event-stream", headers });
    if (stream.ok) {
      isGone = false;
      lastId = await printEntries(stream.value.body!, lastId, call);
    } else if (!saysGone(stream.error)) return call.fail(stream.error);
    else {
      if (!isGone) call.context.printError(goneMessage(call.client.url));
      isGone = true;
    }
    await delay(SYSTEM_CLOCK, RECONNECT_MS);
  }
}

/** No answer at all; or none but that of a server that stops, or of a proxy before a server that is gone. */
function saysGone({ code, status = 0 }: ManagementError): boolean {
  return code === "no_answer" || (status >= 502 && status <= 504);
}

/** Prints entries until the stream ends or breaks. Resolves to the id of the last one. */
async function printEntries(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  lastId: number,
  call: ServerCall,
): Promise<number> {
  const events = serverEvents(body);
  for (;;) {
    // Only reading may fail here; what cannot be printed is not the server's.
    const next = await events.next().catch(() => undefined);
    if (next === undefined || next.done) return lastId;
    if (next.value.event !== "entry") continue;
    const entry = JSON.parse(next.value.data) as FunctionLogEntry;
    await print(entry, call);
    lastId = entry.id;
  }
}

async function print(entry: FunctionLogEntry, { args, terminal }: ServerCall): Promise<void> {
  const lines = args.switches.json ? [JSON.stringify(entry)] : logEntryLines(entry, terminal.paint);
  await writeStdout(`${lines.join("\n")}\n`);
}
