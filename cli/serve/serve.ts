import { mkdir, stat } from "node:fs/promises";
import process from "node:process";
import { createLog, type Log, type LogLevel } from "../../runtime/observe/log.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import { type SkerryServer, startServer } from "../../runtime/server/start_server.ts";
import { helpText, parseArguments, type ParsedArguments } from "../arguments.ts";
import { type CliContext, usageError } from "../context.ts";
import { loadSettings, type Settings } from "../settings/load_settings.ts";
import { printSettings } from "../settings/print_settings.ts";
import { announce } from "./announce.ts";
import { DEFAULT_FOLDER, SERVE_OPTIONS } from "./options.ts";
import { readOptions, type ServeOptions } from "./read_options.ts";
import { reloadOnHangup } from "./reload.ts";

const OPTIONS = {
  config: { value: "FILE", help: "read settings from here; default: skerry.toml, if there is one" },
  ...SERVE_OPTIONS,
  "print-config": { help: "print the settings and where each comes from, and end" },
};

const HELP = helpText({
  summary: "Serves the WASI modules of a folder over HTTP, each request in an isolated instance.",
  usage: "skerry serve [OPTIONS]",
  options: OPTIONS,
  notes: `Drop x.wasm into the folder and /x answers; replace or delete it while the server runs.
x.toml beside it configures it. SIGTERM and SIGINT stop the server gracefully; a second one at once.
Every option can stand in skerry.toml, with _ for -, and in the environment, as SKERRY_MIN_WORKERS=2;
the command line beats the environment, and that the file. SIGHUP reads the file again.`,
});

const EXIT_INTERRUPTED = 130;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** `skerry serve`. Resolves when the server has stopped. */
export async function serveVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "serve", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const settings = await loadSettings(parsed.value, SERVE_OPTIONS);
  if (!settings.ok) return usageError(context, "serve", settings.error);
  if (parsed.value.switches["print-config"]) {
    context.print(printSettings(settings.value, SERVE_OPTIONS, settings.value.formula));
    return 0;
  }
  return await serve(settings.value, parsed.value, context);
}

async function serve(
  settings: Settings,
  flags: ParsedArguments,
  context: CliContext,
): Promise<number> {
  const inForce: LogSettings = { isVerbose: false, level: "info" };
  const log = openLog(settings.args, inForce, context);
  const read = readerOf(log, inForce, context);
  const options = read(settings);
  if (!options.ok) return usageError(context, "serve", options.error);
  const prepared = await prepareFolder(settings.args, context);
  if (!prepared.ok) {
    context.printError(prepared.error);
    return 1;
  }
  const server = await start(options.value, context);
  if (server === undefined) return 1;
  announce(server, options.value, context);
  const stopReloading = reloadOnHangup({
    settings,
    load: () => loadSettings(flags, SERVE_OPTIONS),
    read,
    apply: (changed) => server.configurePool(changed),
    log,
  });
  const exitCode = await untilStopped(server, options.value.graceMs, context);
  stopReloading();
  return exitCode;
}

/** What of the log's settings can change while the server runs. */
interface LogSettings {
  /** Whether every request is logged. */
  isVerbose: boolean;
  level: LogLevel;
}

/** Reads settings into options; what is logged follows the settings read last. */
function readerOf(
  log: Log,
  inForce: LogSettings,
  { platform }: CliContext,
): (settings: Settings) => Result<ServeOptions, string> {
  return ({ args, formula }) => {
    const { cpuCount } = platform;
    const isVerbose = () => inForce.isVerbose;
    const options = readOptions(args, formula, { cpuCount, log, isVerbose });
    if (!options.ok) return err(options.error);
    inForce.isVerbose = args.switches["log-requests"] ?? false;
    inForce.level = options.value.logLevel;
    return ok(options.value);
  };
}

function openLog(args: ParsedArguments, inForce: LogSettings, context: CliContext): Log {
  const isTerminal = process.stderr.isTTY === true;
  return createLog({
    writeLine: context.printError,
    format: args.switches["log-json"] || !isTerminal ? "json" : "pretty",
    level: () => inForce.level,
    useColour: isTerminal && !process.env.NO_COLOR,
  });
}

/** Without `--functions`, a first start in an empty folder makes the one to drop modules into. */
async function prepareFolder(
  args: ParsedArguments,
  context: CliContext,
): Promise<Result<void, string>> {
  if (args.values.functions !== undefined) return ok(undefined);
  const exists = await stat(DEFAULT_FOLDER).then(() => true, () => false);
  if (exists) return ok(undefined);
  try {
    await mkdir(DEFAULT_FOLDER, { recursive: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return err(`Cannot make the folder ${DEFAULT_FOLDER}/ (${code}); name one with --functions`);
  }
  context.print(`Made the folder ${DEFAULT_FOLDER}/ to drop modules into`);
  return ok(undefined);
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

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use; choose another with --port",
  EACCES: "this user may not use the port; choose one from 1024 on with --port",
  EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
  ENOTFOUND: "there is no such address; choose another with --host",
};

function explainListenError(thrown: unknown, { hostname, port }: ServeOptions): string {
  const { code, message } = thrown as { code?: string; message: string };
  return `Cannot listen on ${hostname}:${port}: ${LISTEN_ERRORS[code ?? ""] ?? message}`;
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
