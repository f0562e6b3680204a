import { Buffer } from "node:buffer";
import { type AppendPlace, CoordClient } from "../runtime/coord/client/coord_client.ts";
import type { CoordError } from "../runtime/coord/client/coord_error.ts";
import type { HeldLock } from "../runtime/coord/client/held_lock.ts";
import { LogReader, type ReadRecord } from "../runtime/coord/client/log_reader.ts";
import type { Result } from "../runtime/result.ts";
import {
  helpText,
  type Option,
  parseArguments,
  type ParsedArguments,
  wholeNumber,
} from "./arguments.ts";
import { type CliContext, usageError } from "./context.ts";
import { clientOptions, HOLDER_OPTIONS, readHolder, requestError } from "./coord_arguments.ts";
import { interruptible } from "./interruptible.ts";
import { goneMessage, SERVER_OPTIONS } from "./server_arguments.ts";
import { readStdin, writeStdout } from "./standard_streams.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  ...SERVER_OPTIONS,
  from: { value: "N", help: "read from this record on; --from=-10 means the last ten; default: 0" },
  limit: { value: "N", help: "read at most so many records; default: all" },
  follow: { help: "go on reading as the log grows, also when the server was gone" },
  lock: { value: "NAME", help: "the lock that guards the log, for create" },
  ...HOLDER_OPTIONS,
};

const HELP = helpText({
  summary: "Appends to, reads and lists the logs of a Skerry server.",
  usage: `skerry log append NAME [DATA]     appends DATA, or standard input, as one record
       skerry log read NAME [OPTIONS]
       skerry log create NAME [--lock NAME]
       skerry log list`,
  options: OPTIONS,
  notes:
    `append acquires the log's lock and releases it, unless --client and --lock-token tell who holds it
already, as they do under "skerry lock acquire NAME -- COMMAND".`,
});

type Action = (name: string, args: ParsedArguments, context: CliContext) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = { append, read, create };

/** `skerry log append|read|create|list`. */
export async function logVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "log", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const [action = "", name] = parsed.value.positional;
  if (action === "list") return await list(parsed.value, context);
  if (!Object.hasOwn(ACTIONS, action)) {
    const found = action === "" ? "" : `, found "${action}"`;
    return usageError(context, "log", `An action is needed: append, read, create or list${found}`);
  }
  if (name === undefined) return usageError(context, "log", "The name of the log is missing");
  return await ACTIONS[action]!(name, parsed.value, context);
}

async function append(name: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const [, , text, more] = args.positional;
  if (more !== undefined) return usageError(context, "log", `Unexpected argument "${more}"`);
  const holder = readHolder(args);
  if (!holder.ok) return usageError(context, "log", holder.error);
  const data = text ?? await readStdin();
  const guard = await guardOf(name, args);
  if (!guard.ok) return requestError(context, args, guard.error);
  const tell = (appended: Result<AppendPlace, CoordError>) => {
    if (!appended.ok) return requestError(context, args, appended.error);
    const { index, offset } = appended.value;
    context.print(args.switches.json ? JSON.stringify({ rc: 0, index, offset }) : String(index));
    return 0;
  };
  if (holder.value === undefined) {
    return await interruptible(async ({ signal }) =>
      tell(await appendAlone(name, data, guard.value, args, signal))
    );
  }
  const { client: clientId, token } = holder.value;
  const client = CoordClient.resume({ ...clientOptions(args), clientId });
  return tell(await client.appendFile(name, data, { name: guard.value, token }));
}

async function appendAlone(
  name: string,
  data: string | Uint8Array,
  guard: string,
  args: ParsedArguments,
  signal: AbortSignal,
): Promise<Result<AppendPlace, CoordError>> {
  const client = await CoordClient.init(clientOptions(args));
  if (!client.ok) return client;
  const append = (lock: HeldLock) => client.value.appendFile(name, data, lock);
  const done = await client.value.withLock(guard, append, { signal });
  await client.value.close();
  return done.ok ? done.value : done;
}

async function guardOf(name: string, args: ParsedArguments): Promise<Result<string, CoordError>> {
  const reader = new LogReader(clientOptions(args));
  const page = await reader.show(`logs/${encodeURIComponent(name)}?limit=1`);
  return page.ok ? { ok: true, value: String(page.value.lock) } : page;
}

async function create(name: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const client = await CoordClient.init(clientOptions(args));
  if (!client.ok) return requestError(context, args, client.error);
  const created = await client.value.createLog(name, args.values.lock);
  await client.value.close();
  return created.ok ? 0 : requestError(context, args, created.error);
}

async function list(args: ParsedArguments, context: CliContext): Promise<number> {
  const shown = await new LogReader(clientOptions(args)).show("logs");
  if (!shown.ok) return requestError(context, args, shown.error);
  if (args.switches.json) {
    context.print(JSON.stringify(shown.value));
    return 0;
  }
  const logs = shown.value.logs as { name: string; length: number; bytes: number; lock: string }[];
  for (const { name, length, bytes, lock } of logs) {
    context.print(`${name}  ${length} records  ${bytes} bytes  lock ${lock}`);
  }
  return 0;
}

async function read(name: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const bounds = { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
  const from = wholeNumber(args, "from", bounds);
  const limit = wholeNumber(args, "limit", { ...bounds, min: 1 });
  if (!from.ok) return usageError(context, "log", from.error);
  if (!limit.ok) return usageError(context, "log", limit.error);
  const reader = new LogReader(clientOptions(args));
  const range = { from: from.value ?? 0, limit: limit.value ?? Infinity };
  const write = (record: ReadRecord) => writeRecord(record, args.switches.json ?? false);
  if (args.switches.follow) {
    const onGone = () => context.printError(goneMessage(clientOptions(args).url));
    return await follow(reader.follow(name, { from: range.from, onGone }), write, context);
  }
  const failed = await readPages(reader, name, range, write);
  return failed === undefined ? 0 : requestError(context, args, failed);
}

const PAGE = 1000;

async function readPages(
  reader: LogReader,
  name: string,
  range: { readonly from: number; readonly limit: number },
  write: (record: ReadRecord) => Promise<void>,
): Promise<CoordError | undefined> {
  let { from, limit } = range;
  while (limit > 0) {
    const page = await reader.read(name, { from, limit: Math.min(limit, PAGE) });
    if (!page.ok) return page.error;
    const { records, next } = page.value;
    if (records.length === 0) return undefined;
    for (const record of records) await write(record);
    from = next;
    limit -= records.length;
  }
  return undefined;
}

async function follow(
  records: AsyncIterable<ReadRecord>,
  write: (record: ReadRecord) => Promise<void>,
  context: CliContext,
): Promise<number> {
  try {
    for await (const record of records) await write(record);
    return 0;
  } catch (thrown) {
    context.printError((thrown as Error).message);
    return 1;
  }
}

/** Bytes as they are, so that a log reads like the file it is; or one JSON object a line. */
function writeRecord({ index, offset, data }: ReadRecord, isJson: boolean): Promise<void> {
  const bytes = isJson
    ? `${JSON.stringify({ index, offset, data_base64: Buffer.from(data).toString("base64") })}\n`
    : data;
  return writeStdout(bytes);
}
