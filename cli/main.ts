import process from "node:process";
import type { Platform } from "../runtime/platform/platform.ts";
import { type CliContext, USAGE_ERROR } from "./context.ts";
import { linePrinter } from "./line_printer.ts";
import { VERBS } from "./verbs.ts";
import { VERSION } from "./version.ts";

const HELP = `Skerry ${VERSION}, a single-file edge runtime for WASI functions

Usage: skerry VERB [OPTIONS]

Verbs:
${Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`).join("\n")}

Each verb has --help. Start with: skerry serve`;

/** Runs the command line of this process and ends it. */
export async function main(entryUrl: URL): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const context: CliContext = {
    platform: await currentPlatform(entryUrl),
    entryUrl,
    print: linePrinter(console.log, process.stdout),
    printError: linePrinter(console.error, process.stderr),
  };
  // Connections that outlived the grace period would keep the process alive.
  process.exit(await dispatch(name, args, context));
}

/** The one place that asks where Skerry runs; everything below is given the answer. */
async function currentPlatform(entryUrl: URL): Promise<Platform> {
  if ("Deno" in globalThis) {
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
  if (name === "--help" || name === "-h" || name === "help") return say(context.print, HELP, 0);
  if (name === undefined) return say(context.printError, HELP, USAGE_ERROR);
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb !== undefined) return await (await verb.load())(args, context);
  const message = `There is no verb "${name}"; skerry --help lists them`;
  return say(context.printError, message, USAGE_ERROR);
}

function say(print: (line: string) => void, text: string, exitCode: number): number {
  print(text);
  return exitCode;
}
