import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { callNative, DEFAULT_SOCKET, type NativeAddress } from "../runtime/native/client.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import { helpText, type Option, parseArguments, type ParsedArguments } from "./arguments.ts";
import { type CliContext, usageError } from "./context.ts";
import { readHostAndPort } from "./host_and_port.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  unix: {
    value: "PATH",
    help: `the server's UNIX socket; default: $SKERRY_SOCKET, or ${DEFAULT_SOCKET}`,
  },
  tcp: { value: "HOST:PORT", help: "the server's address, instead of a UNIX socket" },
  show: { help: "print what the output file holds, not its path" },
};

const HELP = helpText({
  summary: "Calls a function of a native library through a server that was started with --native.",
  usage: "skerry call [OPTIONS] LIB [FUNC [FILE]]",
  options: OPTIONS,
  notes: `LIB and FILE are paths here; over --tcp they are the server's. FUNC is run by default.

Exit code: 0 when the server answered with an output file, 1 when it did not; 2 for a wrong command line.`,
});

const MAX_WORDS = 3;

/** `skerry call LIB [FUNC [FILE]]`. */
export async function callVerb(args: readonly string[], context: CliContext): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) return usageError(context, "call", parsed.error);
  if (parsed.value.switches.help) {
    context.print(HELP);
    return 0;
  }
  const { positional, rest } = parsed.value;
  const words = [...positional, ...rest];
  if (words.length === 0) return usageError(context, "call", "Name the library to call");
  if (words.length > MAX_WORDS) {
    return usageError(context, "call", `Unexpected argument "${words[MAX_WORDS]}"`);
  }
  const address = readAddress(parsed.value);
  if (!address.ok) return usageError(context, "call", address.error);
  const reply = await callNative(address.value, absoluteWords(words, address.value));
  return await conclude(reply, context, parsed.value.switches.show ?? false);
}

function readAddress({ values }: ParsedArguments): Result<NativeAddress, string> {
  const path = values.unix ?? process.env.SKERRY_SOCKET ?? DEFAULT_SOCKET;
  if (values.tcp === undefined) return ok({ path });
  if (values.unix !== undefined) return err("Use either --unix or --tcp");
  const address = readHostAndPort(values.tcp);
  return address === undefined
    ? err(`Option --tcp needs HOST:PORT, found "${values.tcp}"`)
    : ok(address);
}

/** The server may run in another folder; on another machine there is nothing to resolve here. */
function absoluteWords(words: readonly string[], address: NativeAddress): string[] {
  if (!("path" in address)) return [...words];
  return words.map((word, index) => index === 1 ? word : resolve(word));
}

async function conclude(
  reply: Result<string, string>,
  context: CliContext,
  shows: boolean,
): Promise<number> {
  if (!reply.ok || reply.value.startsWith("Error: ")) {
    context.printError(reply.ok ? reply.value : reply.error);
    return 1;
  }
  if (!shows) {
    context.print(`Output file: ${reply.value}`);
    return 0;
  }
  const content = await readFile(reply.value).catch((error: Error) => error);
  if (content instanceof Error) {
    context.printError(`Cannot read ${reply.value}: ${content.message}`);
    return 1;
  }
  await new Promise((written) => process.stdout.write(content, written));
  return 0;
}
