import process from "node:process";
import type { Platform } from "../runtime/platform/platform.ts";
import { type CliContext, USAGE_ERROR } from "./context.ts";
import { linePrinter } from "./line_printer.ts";
import { nodeFault } from "./node_version.ts";
import { flushStandardStreams } from "./standard_streams.ts";
import { similarName } from "./similar_name.ts";
import { VERBS } from "./verbs.ts";
import { VERSION } from "./version.ts";

const HELP = `Skerry ${VERSION}, a single-file edge runtime for WASI functions

Usage: skerry VERB [OPTIONS]

Verbs:
${Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`).join("\n")}

Each verb has --help. Start with: skerry serve`;

const HELP_NAMES = new Set(["--help", "-h", "help"]);
const EXIT_CANNOT_RUN = 1;
/** Who reads a server's log, and stops to, must not keep it from ending. */
const LOG_PATIENCE_MS = 1000;

/** Runs the command line of this process and ends it. */
export async function main(entryUrl: URL): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const print = linePrinter(console.log, process.stdout);
  const printError = linePrinter(console.error, process.stderr);
  const fault = isOnDeno() ? undefined : nodeFault(process.versions.node);
  const exitCode = fault !== undefined
    ? say(printError, fault, EXIT_CANNOT_RUN)
    : await dispatch(name, args, {
      platform: await currentPlatform(entryUrl),
      entryUrl,
      print,
      printError,
    });
  await flushStandardStreams(name === "serve" ? LOG_PATIENCE_MS : undefined);
  // Connections that outlived the grace period would keep the process alive.
  process.exit(exitCode);
}

function isOnDeno(): boolean {
  return "Deno" in globalThis;
}

/** The one place that asks where Skerry runs; everything below is given the answer. */
async function currentPlatform(entryUrl: URL): Promise<Platform> {
  if (isOnDeno()) {
    return (await import("../runtime/platform/deno.ts")).denoPlatform(entryUrl);
  }
  return (await import("../runtime/platform/node.ts")).nodePlatform(entryUrl);
}

async function dispatch(
  name: string | undefined,
  args: readonly string[],
  context: CliContext,
): Promise<number> {
  if (name === "--version" || name === "-V") return say(context.print, VERSION, 0);
  if (name === undefined) return say(context.printError, HELP, USAGE_ERROR);
  if (HELP_NAMES.has(name)) {
    if (args[0] === undefined) return say(context.print, HELP, 0);
    return await dispatch(args[0], ["--help"], context);
  }
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb !== undefined) return await (await verb.load())(args, context);
  return say(context.printError, unknownVerb(name), USAGE_ERROR);
}

function unknownVerb(name: string): string {
  if (name.startsWith("-")) return `Unknown option ${name}; skerry --help lists the verbs`;
  const similar = similarName(name, Object.keys(VERBS));
  const hint = similar === undefined ? "skerry --help lists them" : `is it "${similar}"?`;
  return `There is no verb "${name}"; ${hint}`;
}

function say(print: (line: string) => void, text: string, exitCode: number): number {
  print(text);
  return exitCode;
}
