import { Buffer } from "node:buffer";
import { mkdir, stat } from "node:fs/promises";
import process from "node:process";
import { isStrategyName } from "../runtime/dispatch/strategies.ts";
import type { RegistryEvent } from "../runtime/functions/registry.ts";
import type { RequestLog } from "../runtime/http/app_options.ts";
import type { Credentials } from "../runtime/http/management_guard.ts";
import { createLog, type Log } from "../runtime/observe/log.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import { type ServerOptions, type SkerryServer, startServer } from "../runtime/server.ts";
import {
  helpText,
  type Option,
  parseArguments,
  type ParsedArguments,
  wholeNumber,
} from "./arguments.ts";
import { type CliContext, usageError } from "./context.ts";
import { NATIVE_OPTIONS, readNativeOptions } from "./native_options.ts";
import { printable } from "./printable.ts";
import { VERSION } from "./version.ts";

const DEFAULT_FOLDER = "functions";
const DEFAULT_DATA_FOLDER = ".skerry";

const OPTIONS: Readonly<Record<string, Option>> = {
  host: { value: "ADDRESS", help: "listen on this address; default: 127.0.0.1" },
  port: { value: "N", help: "listen on this port, 0 for any free one; default: 8080" },
  functions: { value: "DIR", help: `serve the modules of this folder; default: ${DEFAULT_FOLDER}` },
  data: {
    value: "DIR",
    help: `keep what must outlive the server here; default: ${DEFAULT_DATA_FOLDER}`,
  },
  workers: {
    value: "N",
    help: "threads for runs that take long, at most; default: one a processor, at least 2",
  },
  "min-workers": { value: "N", help: "threads that stay when there is nothing to do; default: 1" },
  strategy: {
    value: "NAME",
    help: "which free thread gets a run: fifo, rr, least or score; default: fifo",
  },
  queue: { value: "N", help: "runs that may wait for a thread before 503; default: 1024" },
  "max-body-mb": { value: "N", help: "refuse larger request bodies; default: 10" },
  "body-timeout-ms": { value: "N", help: "give a body this long to arrive; default: 30000" },
  "grace-ms": {
    value: "N",
    help: "let running requests end for this long on SIGTERM; default: 10000",
  },
  token: {
    value: "T",
    help: "require this bearer token for management; default: loopback clients only",
  },
  "jwt-secret": {
    value: "S",
    help: "accept JSON Web Tokens (HS256) signed with this for management",
  },
  "lock-per-log": { help: "guard each log by a lock of its own name, not all by the lock files" },
  ...NATIVE_OPTIONS,
  "stats-headers": { help: "tell fuel and path in every function response" },
  "no-fast-path": { help: "run everything in the pool, however short" },
  "log-requests": { help: "log every request, not only failures" },
  "log-json": { help: "log one JSON object a line; default when standard error is no terminal" },
};

const HELP = helpText({
  summary: "Serves the WASI modules of a folder over HTTP, each request in an isolated instance.",
  usage: "skerry serve [OPTIONS]",
  options: OPTIONS,
  notes: `Drop x.wasm into the folder and /x answers; replace or delete it while the server runs.
x.toml beside it configures it. SIGTERM and SIGINT stop the server gracefully; a second one at once.
The environment gives SKERRY_TOKEN for --token, SKERRY_JWT_SECRET for --jwt-secret.`,
});

const EXIT_INTERRUPTED = 130;
/** By the custom of sysexits.h, an input or output error. */
const EXIT_FATAL = 74;
const DEFAULT_GRACE_MS = 10_000;
const LISTED_FUNCTIONS = 20;
/** What RFC 6750 lets a bearer token be. */
const TOKEN = /^[\w.~+/-]+=*$/;
/** RFC 7518 3.2: as long as the hash. */
const MIN_SECRET_BYTES = 32;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** `skerry serve`. Resolves when the server has stopped. */
export async function serveVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "serve", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const log = openLog(parsed.value, context);
  const options = readOptions(parsed.value, context, log);
  if (!options.ok) return usageError(context, "serve", options.error);
  await prepareFolder(parsed.value, context);
  const server = await start(options.value, context);
  if (server === undefined) return 1;
  announce(server, options.value, context);
  return await untilStopped(server, options.value.graceMs, context);
}

interface ServeOptions extends ServerOptions {
  readonly graceMs: number;
}

function openLog(args: ParsedArguments, context: CliContext): Log {
  const isTerminal = process.stderr.isTTY === true;
  return createLog({
    writeLine: context.printError,
    format: args.switches["log-json"] || !isTerminal ? "json" : "pretty",
    useColour: isTerminal && !process.env.NO_COLOR,
  });
}

function readOptions(
  args: ParsedArguments,
  context: CliContext,
  log: Log,
): Result<ServeOptions, string> {
  if (args.positional.length > 0) return err(`Unexpected argument "${args.positional[0]}"`);
  const numbers = readNumbers(args);
  if (!numbers.ok) return numbers;
  const { port, workers, minWorkers, queue, maxBodyMb, bodyTimeoutMs, graceMs } = numbers.value;
  const { strategy = "fifo" } = args.values;
  if (!isStrategyName(strategy)) {
    return err(`Option --strategy must be fifo, rr, least or score, found "${strategy}"`);
  }
  const maxWorkers = workers ?? Math.max(2, context.platform.cpuCount, minWorkers ?? 1);
  if (minWorkers !== undefined && minWorkers > maxWorkers) {
    return err(`Option --min-workers must be at most --workers, found ${minWorkers}`);
  }
  const credentials = readCredentials(args);
  if (!credentials.ok) return credentials;
  const native = readNativeOptions(args, log, args.switches["log-requests"] ?? false);
  if (!native.ok) return native;
  return ok({
    hostname: args.values.host ?? "127.0.0.1",
    port: port ?? 8080,
    functionsFolder: args.values.functions ?? DEFAULT_FOLDER,
    dataFolder: args.values.data ?? DEFAULT_DATA_FOLDER,
    workers: maxWorkers,
    minWorkers: minWorkers ?? 1,
    strategy,
    queueLength: queue,
    requestLimits: {
      ...maxBodyMb === undefined ? {} : { requestBytes: maxBodyMb * 1024 * 1024 },
      ...bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs },
    },
    hasFastPath: !args.switches["no-fast-path"],
    statsHeaders: args.switches["stats-headers"],
    lockPerLog: args.switches["lock-per-log"],
    ...credentials.value,
    native: native.value,
    version: VERSION,
    environment: (name) => process.env[name],
    onRequest: requestLogger(log, args.switches["log-requests"] ?? false),
    onFunction: (event) => logFunction(log, event),
    onFatal: (error) => {
      log.error(error.message);
      process.exit(EXIT_FATAL);
    },
    graceMs: graceMs ?? DEFAULT_GRACE_MS,
  });
}

function readCredentials(args: ParsedArguments): Result<Credentials, string> {
  const token = args.values.token ?? process.env.SKERRY_TOKEN;
  const jwtSecret = args.values["jwt-secret"] ?? process.env.SKERRY_JWT_SECRET;
  if (token !== undefined && !TOKEN.test(token)) {
    return err("Option --token must consist of letters, digits and -._~+/, and = at its end");
  }
  if (jwtSecret !== undefined && Buffer.byteLength(jwtSecret) < MIN_SECRET_BYTES) {
    return err(`Option --jwt-secret must have at least ${MIN_SECRET_BYTES} bytes`);
  }
  return ok({ token, jwtSecret });
}

type Numbers = Readonly<
  Record<
    "port" | "workers" | "minWorkers" | "queue" | "maxBodyMb" | "bodyTimeoutMs" | "graceMs",
    number | undefined
  >
>;

function readNumbers(args: ParsedArguments): Result<Numbers, string> {
  const bounds = {
    port: ["port", 0, 65535],
    workers: ["workers", 1, 256],
    minWorkers: ["min-workers", 1, 256],
    queue: ["queue", 0, 1_000_000],
    maxBodyMb: ["max-body-mb", 1, 1024],
    bodyTimeoutMs: ["body-timeout-ms", 1, 3_600_000],
    graceMs: ["grace-ms", 0, 3_600_000],
  } as const;
  const numbers: Record<string, number | undefined> = {};
  for (const [key, [name, min, max]] of Object.entries(bounds)) {
    const number = wholeNumber(args, name, { min, max });
    if (!number.ok) return number;
    numbers[key] = number.value;
  }
  return ok(numbers as Numbers);
}

/** Without `--functions`, a first start in an empty folder makes the one to drop modules into. */
async function prepareFolder(args: ParsedArguments, context: CliContext): Promise<void> {
  if (args.values.functions !== undefined) return;
  const exists = await stat(DEFAULT_FOLDER).then(() => true, () => false);
  if (exists) return;
  await mkdir(DEFAULT_FOLDER, { recursive: true });
  context.print(`Made the folder ${DEFAULT_FOLDER}/ to drop modules into`);
}

async function start(
  options: ServeOptions,
  context: CliContext,
): Promise<SkerryServer | undefined> {
  try {
    const server = await startServer(options, context.platform);
    if (server.ok) return server.value;
    context.printError(server.error.message);
  } catch (thrown) {
    context.printError(explainListenError(thrown, options));
  }
  return undefined;
}

function explainListenError(thrown: unknown, { hostname, port }: ServeOptions): string {
  const { code, message } = thrown as { code?: string; message: string };
  const reason = code === "EADDRINUSE" ? "the port is in use; choose another with --port" : message;
  return `Cannot listen on ${hostname}:${port}: ${reason}`;
}

function announce(server: SkerryServer, options: ServeOptions, context: CliContext): void {
  const host = options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname;
  const url = `http://${host}:${server.port}`;
  const functions = server.functions.list();
  context.print(`Skerry ${VERSION}`);
  context.print(`Listening on ${url}`);
  announceNative(server, options.native, context);
  const width = Math.max(
    0,
    ...functions.slice(0, LISTED_FUNCTIONS).map(({ route }) => route.length),
  );
  for (const { route, file } of functions.slice(0, LISTED_FUNCTIONS)) {
    context.print(printable(`  ${url}${route.padEnd(width)}  ${file}`));
  }
  const more = functions.length - LISTED_FUNCTIONS;
  if (more > 0) context.print(`  … and ${more} more: ${url}/_/functions`);
  if (functions.length === 0) {
    context.print(`  No functions yet: drop a .wasm file into ${options.functionsFolder}/`);
  }
}

function announceNative(
  { nativePort }: SkerryServer,
  native: ServeOptions["native"],
  context: CliContext,
): void {
  if (native?.unixPath !== undefined) context.print(`Native calls on ${native.unixPath}`);
  if (native?.tcp === undefined) return;
  context.print(`Native calls on ${native.tcp.hostname}:${nativePort}`);
}

function untilStopped(server: SkerryServer, graceMs: number, context: CliContext): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let isStopping = false;
  const onSignal = async () => {
    if (isStopping) process.exit(EXIT_INTERRUPTED);
    isStopping = true;
    context.print("Stopping: running requests may end");
    await server.stop(graceMs);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    resolve(0);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return promise;
}

function requestLogger(log: Log, isVerbose: boolean): (entry: RequestLog) => void {
  const decoder = new TextDecoder();
  return (entry) => {
    const { requestId, method, path, status, route, error, cause, stderr } = entry;
    if (stderr !== undefined && stderr.length > 0) {
      log.info(decoder.decode(stderr).trimEnd(), { function: route, request: requestId });
    }
    if (status < 500 && entry.reason === undefined && !isVerbose) return;
    const fields = {
      request: requestId,
      status,
      code: error?.code,
      error: error?.message,
      reason: entry.reason,
      run_ms: entry.runMs,
      fuel: entry.fuel,
      path: entry.runPath,
      cause: cause === undefined ? undefined : String((cause as Error).stack ?? cause),
    };
    const write = cause !== undefined ? log.error : status >= 500 ? log.warn : log.info;
    write(`${method} ${path}`, fields);
  };
}

function logFunction(log: Log, event: RegistryEvent): void {
  switch (event.kind) {
    case "function_ready":
      // At the start everything becomes ready; only what changes is news.
      if (!event.isFirst) {
        log.info(`Serving a new version of ${event.route}`, { version: event.version });
      }
      return;
    case "function_broken":
      return log.warn(`Cannot serve the new content of ${event.route}: ${event.error.message}`, {
        file: event.file,
        code: event.error.code,
        old_version_serves: event.isServing,
      });
    case "function_removed":
      return log.info(`Removed ${event.route}`, { file: event.file });
    case "folder_problem":
    case "route_problem":
      return log.warn(event.message);
  }
}
