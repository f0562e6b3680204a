import type { SkerryServer } from "../../runtime/server/start_server.ts";
import type { CliContext } from "../context.ts";
import { printable } from "../printable.ts";
import { VERSION } from "../version.ts";
import type { ServeOptions } from "./read_options.ts";

const LISTED_FUNCTIONS = 20;

/** Says where the server listens and what it serves. */
export function announce(server: SkerryServer, options: ServeOptions, context: CliContext): void {
  const host = options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname;
  const url = `http://${host}:${server.port}`;
  const functions = server.functions.list();
  context.print(`Skerry ${VERSION}`);
  context.print(`Listening on ${url}`);
  context.print(`Dashboard ${url}/_/ui`);
  if (options.jobsPath !== undefined) context.print(`Jobs on ${options.jobsPath}`);
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
