import process from "node:process";
import type { Platform } from "../runtime/platform/platform.ts";
import { callVerb } from "./call.ts";
import { type CliContext, USAGE_ERROR, type Verb } from "./context.ts";
import { deployVerb } from "./functions/deploy.ts";
import { inspectVerb } from "./functions/inspect.ts";
import { invokeVerb } from "./functions/invoke.ts";
import { listVerb } from "./functions/list.ts";
import { logsVerb } from "./functions/logs.ts";
import { removeVerb } from "./functions/remove.ts";
import { rollbackVerb } from "./functions/rollback.ts";
import { routeVerb } from "./functions/route.ts";
import { linePrinter } from "./line_printer.ts";
import { loadVerb } from "./load/load.ts";
import { lockVerb } from "./lock.ts";
import { logVerb } from "./log.ts";
import { runVerb } from "./run.ts";
import { serveVerb } from "./serve/serve.ts";
import { VERSION } from "./version.ts";

/** Every verb, in the order of the help. */
export const VERBS: Readonly<Record<string, { readonly run: Verb; readonly summary: string }>> = {
  serve: { run: serveVerb, summary: "serve functions over HTTP" },
  deploy: { run: deployVerb, summary: "build a source file on a server and serve it" },
  invoke: { run: invokeVerb, summary: "call a function of a server" },
  list: { run: listVerb, summary: "list the functions of a server" },
  inspect: {
    run: inspectVerb,
    summary: "show one function, its versions and what is wrong with it",
  },
  remove: { run: removeVerb, summary: "remove deployed functions" },
  rollback: { run: rollbackVerb, summary: "let an earlier version serve again" },
  logs: { run: logsVerb, summary: "show or follow what a function wrote, and its failures" },
  route: { run: routeVerb, summary: "list, add and remove rows of the route table" },
  load: { run: loadVerb, summary: "load a function with requests and tell how fast it answers" },
  run: { run: runVerb, summary: "run one module on the terminal, with limits" },
  call: { run: callVerb, summary: "call a function of a native library" },
  lock: { run: lockVerb, summary: "acquire, release and show locks of a server" },
  log: { run: logVerb, summary: "append to, read and list logs of a server" },
};

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
  if (verb !== undefined) return await verb.run(args, context);
  const message = `There is no verb "${name}"; skerry --help lists them`;
  return say(context.printError, message, USAGE_ERROR);
}

function say(print: (line: string) => void, text: string, exitCode: number): number {
  print(text);
  return exitCode;
}
