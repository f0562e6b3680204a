import { CoordClient } from "../runtime/coord/client/coord_client.ts";
import { LogReader } from "../runtime/coord/client/log_reader.ts";
import { HeldLock } from "../runtime/coord/client/held_lock.ts";
import { SYSTEM_CLOCK } from "../runtime/clock.ts";
import {
  helpText,
  type NumberBounds,
  type Option,
  parseArguments,
  type ParsedArguments,
  wholeNumbers,
} from "./arguments.ts";
import { type CliContext, usageError } from "./context.ts";
import { clientOptions, HOLDER_OPTIONS, readHolder, requestError } from "./coord_arguments.ts";
import { interruptible } from "./interruptible.ts";
import { runHolding } from "./lock_command.ts";
import { SERVER_OPTIONS } from "./server_arguments.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  ...SERVER_OPTIONS,
  "ttl-ms": { value: "N", help: "length of the lease, renewed while COMMAND runs; default: 2000" },
  "wait-ms": { value: "N", help: "give up after waiting for so long; default: waits without end" },
  "kill-after-ms": {
    value: "N",
    help: "what COMMAND has left to end by itself once its lock is lost; default: 5000",
  },
  ...HOLDER_OPTIONS,
};

const HELP = helpText({
  summary: "Acquires, releases and shows locks of a Skerry server.",
  usage: `skerry lock acquire NAME [OPTIONS] -- COMMAND [ARGS]   runs COMMAND while holding the lock
       skerry lock acquire NAME [OPTIONS]     prints client and token; the lease runs on
       skerry lock release NAME --client ID --lock-token N
       skerry lock show [NAME]`,
  options: OPTIONS,
  notes:
    `COMMAND finds SKERRY_LOCK, SKERRY_LOCK_TOKEN, SKERRY_CLIENT_ID and SKERRY_URL in its environment.

When the lock is lost COMMAND is sent SIGTERM, and SIGKILL if it goes on for --kill-after-ms. SIGINT, SIGTERM and SIGHUP are
passed on to it; while the lock is waited for they end the wait, and leave the queue.

Exit code: COMMAND's own; 75 if the lock was lost while it ran; 1 if the lock was not to be had;
128 and the signal's number if a signal ended the wait; 127 if COMMAND cannot be run; 2 for a wrong command line.`,
});

const MAX_MS = 24 * 3_600_000;
const BOUNDS: Readonly<Record<keyof LockBounds, NumberBounds>> = {
  ttlMs: ["ttl-ms", 1, MAX_MS],
  waitMs: ["wait-ms", 0, MAX_MS],
  killAfterMs: ["kill-after-ms", 0, MAX_MS],
};

interface LockBounds {
  readonly ttlMs?: number;
  readonly waitMs?: number;
  readonly killAfterMs?: number;
}

/** `skerry lock acquire|release|show`. */
export async function lockVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "lock", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const [action, name, more] = parsed.value.positional;
  if (more !== undefined) return usageError(context, "lock", `Unexpected argument "${more}"`);
  if (action === "show") return await show(name, parsed.value, context);
  if (action !== "acquire" && action !== "release") {
    const found = action === undefined ? "" : `, found "${action}"`;
    return usageError(context, "lock", `An action is needed: acquire, release or show${found}`);
  }
  if (name === undefined) return usageError(context, "lock", "The name of the lock is missing");
  return action === "acquire"
    ? await acquire(name, parsed.value, context)
    : await release(name, parsed.value, context);
}

/** A lock to acquire, and all there is to do it with. */
interface Acquisition extends LockBounds {
  readonly client: CoordClient;
  readonly name: string;
  readonly args: ParsedArguments;
  readonly context: CliContext;
}

async function acquire(name: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const bounds = wholeNumbers(args, BOUNDS);
  if (!bounds.ok) return usageError(context, "lock", bounds.error);
  const client = await CoordClient.init({ ...clientOptions(args), clientId: args.values.client });
  if (!client.ok) return requestError(context, args, client.error);
  const acquisition = { ...bounds.value, client: client.value, name, args, context };
  return await (args.rest.length > 0 ? acquireFor : acquireAndLeave)(acquisition);
}

async function acquireAndLeave(acquisition: Acquisition): Promise<number> {
  const { client, name, ttlMs, waitMs, args, context } = acquisition;
  return await interruptible(async ({ signal }) => {
    const lock = await client.lockAcquire(name, { ttlMs, waitMs, signal });
    if (!lock.ok) return requestError(context, args, lock.error);
    lock.value.settle();
    const { clientId } = client;
    const { token } = lock.value;
    context.print(
      args.switches.json
        ? JSON.stringify({
          rc: 0,
          lock: name,
          client_id: clientId,
          token,
          ttl_ms: lock.value.ttlMs,
        })
        : `SKERRY_CLIENT_ID=${clientId} SKERRY_LOCK=${name} SKERRY_LOCK_TOKEN=${token}`,
    );
    return 0;
  });
}

async function acquireFor(acquisition: Acquisition): Promise<number> {
  const { client, name, ttlMs, waitMs, killAfterMs, args, context } = acquisition;
  const { printError } = context;
  return await interruptible(async ({ signal, handOver }) => {
    const done = await client.withLock(name, (lock) => {
      handOver();
      const environment = {
        SKERRY_URL: clientOptions(args).url,
        SKERRY_CLIENT_ID: client.clientId,
        SKERRY_LOCK: name,
        SKERRY_LOCK_TOKEN: String(lock.token),
      };
      return runHolding(args.rest, { environment, lost: lock.signal, killAfterMs, printError });
    }, { ttlMs, waitMs, signal });
    await client.close();
    return done.ok ? done.value : requestError(context, args, done.error);
  });
}

async function release(name: string, args: ParsedArguments, context: CliContext): Promise<number> {
  const holder = readHolder(args);
  if (!holder.ok) return usageError(context, "lock", holder.error);
  if (holder.value === undefined) {
    return usageError(context, "lock", "Options --client and --lock-token are needed");
  }
  const { client: clientId, token } = holder.value;
  const client = CoordClient.resume({ ...clientOptions(args), clientId });
  const released = await client.lockRelease(name, heldElsewhere(name, token));
  if (!released.ok) return requestError(context, args, released.error);
  if (args.switches.json) context.print(JSON.stringify({ rc: 0 }));
  return 0;
}

async function show(
  name: string | undefined,
  args: ParsedArguments,
  context: CliContext,
): Promise<number> {
  const reader = new LogReader(clientOptions(args));
  const path = name === undefined ? "locks" as const : `locks/${encodeURIComponent(name)}` as const;
  const shown = await reader.show(path);
  if (!shown.ok) return requestError(context, args, shown.error);
  if (args.switches.json) context.print(JSON.stringify(shown.value));
  else for (const line of describe(shown.value)) context.print(line);
  return 0;
}

interface LockJson {
  readonly name: string;
  readonly holder: string | null;
  readonly token: number | null;
  readonly lease_left_ms: number | null;
  readonly queue: readonly string[];
}

function describe(shown: Readonly<Record<string, unknown>>): string[] {
  const locks = (shown.locks ?? [shown]) as readonly LockJson[];
  if (locks.length === 0) return ["No lock is held"];
  return locks.map(({ name, holder, token, lease_left_ms, queue }) =>
    holder === null
      ? `${name}  free`
      : `${name}  held by ${holder}  token ${token}  lease ${lease_left_ms} ms  waiting ${queue.length}`
  );
}

/** A lock that an earlier process of this client was granted; its lease is not measured here. */
export function heldElsewhere(name: string, token: number): HeldLock {
  const lock = new HeldLock({ name, token, ttlMs: MAX_MS }, MAX_MS, SYSTEM_CLOCK);
  lock.settle();
  return lock;
}
