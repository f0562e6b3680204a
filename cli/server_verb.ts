import { helpText, type Option, parseArguments, type ParsedArguments } from "./arguments.ts";
import { type CliContext, usageError, type Verb } from "./context.ts";
import { ManagementClient, type ManagementError } from "./management_client.ts";
import { SERVER_OPTIONS, serverAddress } from "./server_arguments.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** A verb that speaks to a running server: what its help says, and what it does. */
export interface ServerVerb {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Besides those of every such verb. */
  readonly options?: Readonly<Record<string, Option>>;
  readonly notes?: string;
  /** What it must be given, by name. */
  readonly operands: readonly string[];
  /** How many more it may be given. @default 0 */
  readonly more?: number;
  /** Resolves to the exit code. */
  readonly run: (call: ServerCall) => Promise<number>;
}

/** What such a verb works with. */
export interface ServerCall {
  readonly operands: readonly string[];
  readonly args: ParsedArguments;
  readonly client: ManagementClient;
  readonly context: CliContext;
  /** Standard output. */
  readonly terminal: Terminal;
  /** Says why a request failed. Returns the exit code. */
  readonly fail: (error: ManagementError) => number;
  /** Says what is wrong with the command line. Returns the exit code. */
  readonly misused: (message: string) => number;
}

/** By the custom of shells, the exit code of a program whose reader has gone. */
const EXIT_NO_READER = 141;

/** Makes a verb of its description. */
export function serverVerb(spec: ServerVerb): Verb {
  const options = { ...spec.options, ...SERVER_OPTIONS };
  return async (given, context) => {
    const misused = (message: string) => usageError(context, spec.name, message);
    const parsed = parseArguments(given, options);
    if (!parsed.ok) return misused(parsed.error);
    const args = parsed.value;
    if (args.switches.help) {
      context.print(helpText({ ...spec, options }));
      return 0;
    }
    const operands = [...args.positional, ...args.rest];
    const missing = spec.operands[operands.length];
    if (missing !== undefined) return misused(`${missing} is missing`);
    const excess = operands[spec.operands.length + (spec.more ?? 0)];
    if (excess !== undefined) return misused(`Unexpected argument "${excess}"`);
    const address = serverAddress(args);
    if (!URL.canParse(address.url)) return misused(`"${address.url}" is no URL`);
    const client = new ManagementClient(address);
    const terminal = terminalOf("stdout");
    const fail = (error: ManagementError) => requestFailed(context, args, error);
    return await untilReaderLeaves(() =>
      spec.run({ operands, args, client, context, terminal, fail, misused })
    );
  };
}

function requestFailed(context: CliContext, args: ParsedArguments, error: ManagementError): number {
  const { code, message, requestId, ...more } = error;
  // With the names that the API's own problems have.
  const json = { code, detail: message, request_id: requestId, ...more };
  if (args.switches.json) context.print(JSON.stringify(json));
  else context.printError(message);
  return 1;
}

async function untilReaderLeaves(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "EPIPE") return EXIT_NO_READER;
    throw thrown;
  }
}
