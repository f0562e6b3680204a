import { basename } from "node:path";
import process from "node:process";
import type { Outcome } from "../runtime/isolate/outcome.ts";
import type { Platform } from "../runtime/platform/platform.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import {
  helpText,
  type Option,
  parseArguments,
  type ParsedArguments,
  wholeNumber,
} from "./arguments.ts";
import { readDirectories } from "./directories.ts";
import { type CliContext, usageError } from "./context.ts";
import { readBytes } from "./standard_streams.ts";
import { runModule, type RunReport, type RunRequest, STARTED } from "./run_module.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  invoke: { value: "NAME", help: "call this export instead of _start (or run, of a reactor)" },
  dir: {
    value: "HOST::GUEST[:ro]",
    isRepeated: true,
    help: "give this directory as GUEST, :ro to read only; without ::GUEST under its own name",
  },
  env: {
    value: "K=V",
    isRepeated: true,
    help: "set a variable; K alone passes the present value on",
  },
  fuel: { value: "N", help: "stop after N fuel units (Wasmtime's cost model); default: no limit" },
  "memory-mb": { value: "N", help: "refuse memory beyond N MiB; default: 4096" },
  "timeout-ms": { value: "N", help: "stop after N milliseconds of wall clock; default: no limit" },
  stats: { help: "print fuel, memory pages and wall milliseconds on standard error" },
};

const HELP = helpText({
  summary: "Runs one WASI module on the terminal: standard streams are passed through.",
  usage: "skerry run [OPTIONS] FILE.wasm [-- ARGS], or skerry run [OPTIONS] -- FILE.wasm [ARGS]",
  options: OPTIONS,
  notes: `The module sees no directory and no variable but those given.

Exit code: the program's own; 134 after a trap, or when fuel or memory ran out;
124 after the timeout; 141 when the reader of its output has gone; 1 when the module
cannot be run; 2 for a wrong command line.`,
});

/** By custom: SIGABRT, as for a native program that aborts. */
const EXIT_TRAPPED = 134;
/** As timeout(1) answers. */
const EXIT_TIMEOUT = 124;
/** As a shell reports SIGPIPE. */
const EXIT_BROKEN_PIPE = 141;
/** The most that a fuel budget can hold. */
const UNLIMITED_FUEL = 2 ** 62;
const PAGES_PER_MIB = 16;
/** A run stops by itself at its next host call; one that makes none is ended after this. */
const OVERRUN_GRACE_MS = 50;

/** `skerry run FILE.wasm [-- ARGS]`. */
export async function runVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "run", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const request = await readRequest(parsed.value);
  if (!request.ok) return usageError(context, "run", request.error);
  const report = await runBounded(request.value, context.platform);
  return conclude(report, request.value, context, parsed.value.switches.stats ?? false);
}

async function readRequest(args: ParsedArguments): Promise<Result<RunRequest, string>> {
  const command = readCommand(args);
  if (!command.ok) return command;
  const [file, ...programArgs] = command.value;
  const fuel = wholeNumber(args, "fuel", { min: 1, max: Number.MAX_SAFE_INTEGER });
  const memoryMb = wholeNumber(args, "memory-mb", { min: 1, max: 4096 });
  const timeoutMs = wholeNumber(args, "timeout-ms", { min: 1, max: 2 ** 31 - 1 });
  if (!fuel.ok) return fuel;
  if (!memoryMb.ok) return memoryMb;
  if (!timeoutMs.ok) return timeoutMs;
  const environ = readEnviron(args.lists.env ?? []);
  if (!environ.ok) return environ;
  const directories = await readDirectories(args.lists.dir ?? []);
  if (!directories.ok) return directories;
  const bytes = await readBytes(file);
  if (!bytes.ok) return bytes;
  return ok({
    module: bytes.value.buffer,
    handler: args.values.invoke,
    args: [basename(file), ...programArgs],
    environ: environ.value,
    directories: directories.value,
    fuel: fuel.value ?? UNLIMITED_FUEL,
    memoryPages: (memoryMb.value ?? 4096) * PAGES_PER_MIB,
    timeoutMs: timeoutMs.value ?? Infinity,
  });
}

/** The module's file and its arguments: what follows `--`, or the file before and the rest behind it. */
function readCommand(args: ParsedArguments): Result<readonly [string, ...string[]], string> {
  const [file, ...surplus] = [...args.positional, ...args.rest];
  if (file === undefined) return err("Name the module to run");
  if (args.positional.length <= 1) return ok([file, ...surplus]);
  return err(`Put the program's own arguments after --, found "${args.positional[1]}"`);
}

function readEnviron(given: readonly string[]): Result<string[], string> {
  const environ: string[] = [];
  for (const each of given) {
    if (each.startsWith("=") || each === "") return err(`Option --env needs K=V, found "${each}"`);
    if (each.includes("=")) environ.push(each);
    else if (process.env[each] !== undefined) environ.push(`${each}=${process.env[each]}`);
  }
  return ok(environ);
}

/** Only a thread can be ended in the middle of a computation, so a timeout needs one. */
function runBounded(request: RunRequest, platform: Platform): Promise<RunReport> {
  if (request.timeoutMs === Infinity) return runModule(request);
  const { promise, resolve } = Promise.withResolvers<RunReport>();
  const thread = platform.spawnWorker("run");
  const giveUp = (outcome: Outcome) =>
    resolve(ok({ outcome, fuel: NaN, memoryPages: NaN, wallMs: request.timeoutMs }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  thread.onMessage((message) => {
    if (message !== STARTED) return resolve(message as RunReport);
    const limitMs = request.timeoutMs + OVERRUN_GRACE_MS;
    timer = setTimeout(() => giveUp({ kind: "timeout" }), limitMs);
  });
  thread.onExit((reason) => giveUp({ kind: "trapped", trap: "unknown", message: reason }));
  thread.post(request, [request.module]);
  return promise.finally(() => {
    clearTimeout(timer);
    thread.terminate();
  });
}

function conclude(
  report: RunReport,
  request: RunRequest,
  context: CliContext,
  withStats: boolean,
): number {
  if (!report.ok) {
    context.printError(report.error.message);
    return 1;
  }
  const { outcome, fuel, memoryPages, wallMs } = report.value;
  const message = describe(outcome, request);
  if (message !== undefined) context.printError(`${request.args[0]} ${message}`);
  if (withStats) {
    const [used, pages] = [numberOrUnknown(fuel), numberOrUnknown(memoryPages)];
    context.printError(`fuel=${used} memory_pages=${pages} wall_ms=${wallMs.toFixed(3)}`);
  }
  return exitCode(outcome);
}

/** A run whose thread was ended cannot tell what it used. */
function numberOrUnknown(value: number): string {
  return Number.isNaN(value) ? "unknown" : String(value);
}

function describe(outcome: Outcome, request: RunRequest): string | undefined {
  switch (outcome.kind) {
    case "trapped":
      return `trapped: ${outcome.trap} (${outcome.message})`;
    case "fuel_exhausted":
      return `ran out of fuel: its budget was ${request.fuel}`;
    case "memory_exceeded":
      return `ran out of memory: its limit is ${request.memoryPages / PAGES_PER_MIB} MiB`;
    case "timeout":
      return `was stopped: it ran longer than ${request.timeoutMs} ms`;
    default:
      return undefined;
  }
}

function exitCode(outcome: Outcome): number {
  switch (outcome.kind) {
    case "ok":
    case "cancelled":
      return 0;
    case "exited":
      // As the operating system does with a native program's.
      return outcome.exitCode & 0xff;
    case "timeout":
      return EXIT_TIMEOUT;
    case "output_too_large":
      return EXIT_BROKEN_PIPE;
    default:
      return EXIT_TRAPPED;
  }
}
