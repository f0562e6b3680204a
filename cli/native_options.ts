import type { NativeCallLog } from "../runtime/native/native_caller.ts";
import type { NativeOptions } from "../runtime/native/native_service.ts";
import { describeOutcome, hasSucceeded } from "../runtime/native/outcome.ts";
import type { Log } from "../runtime/observe/log.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import { readHostAndPort } from "./host_and_port.ts";
import { type Option, type ParsedArguments, wholeNumbers } from "./arguments.ts";

/** Options of `serve` for native libraries. */
export const NATIVE_OPTIONS: Readonly<Record<string, Option>> = {
  native: {
    value: "DIR",
    isRepeated: true,
    help: "let functions of the native libraries in this folder be called; default: none",
  },
  unix: { value: "PATH", help: "take native calls on this UNIX socket, with --native" },
  "native-tcp": {
    value: "HOST:PORT",
    help: "take native calls on this address, from whoever connects, with --native",
  },
  "native-details": { help: "tell in the output file why a native call failed" },
  "native-clients": { value: "N", help: "clients of those sockets at most; default: 2048" },
  "native-timeout-ms": {
    value: "N",
    help: "end a native call after N milliseconds; default: 5000",
  },
  "native-cpu-s": { value: "N", help: "processor seconds of a native call; default: 5" },
  "native-memory-mb": { value: "N", help: "memory of a native call; default: 512" },
  "native-output-mb": { value: "N", help: "size of any file a native call writes; default: 10" },
  "native-output": {
    value: "TEMPLATE",
    help: "name output files so; default: output/out-XXXXXX in the data folder",
  },
  "native-keep-s": { value: "N", help: "keep output files for N seconds; default: 3600" },
  "native-pre-hook": {
    value: "PROGRAM",
    isRepeated: true,
    help: "run before each native call, which is refused if this fails",
  },
  "native-post-hook": {
    value: "PROGRAM",
    isRepeated: true,
    help: "run after each native call, however it ended",
  },
};

const DEPENDENT = Object.keys(NATIVE_OPTIONS).filter((name) => name !== "native");
const DAY_S = 24 * 60 * 60;

/** Reads them. Undefined without `--native`; the error is a sentence. */
export function readNativeOptions(
  args: ParsedArguments,
  log: Log,
  logsAll: () => boolean,
): Result<NativeOptions | undefined, string> {
  const folders = args.lists.native ?? [];
  if (folders.length === 0) {
    const stray = DEPENDENT.find((name) => isGiven(args, name));
    return stray === undefined ? ok(undefined) : err(`Option --${stray} needs --native DIR`);
  }
  const numbers = wholeNumbers(args, NUMBERS);
  if (!numbers.ok) return numbers;
  const { clients, timeoutMs, cpuSeconds, memoryMb, outputMb, keepSeconds } = numbers.value;
  const tcp = readTcp(args.values["native-tcp"]);
  if (!tcp.ok) return tcp;
  return ok({
    folders,
    unixPath: args.values.unix,
    tcp: tcp.value,
    withDetails: args.switches["native-details"],
    maxClients: clients,
    limits: defined({
      timeoutMs,
      cpuSeconds,
      memoryMb,
      outputBytes: outputMb === undefined ? undefined : outputMb * 1024 * 1024,
    }),
    outputTemplate: args.values["native-output"],
    keepMs: keepSeconds === undefined ? undefined : keepSeconds * 1000,
    preHookPrograms: args.lists["native-pre-hook"],
    postHookPrograms: args.lists["native-post-hook"],
    onCall: (entry) => logCall(log, entry, logsAll()),
    onZygoteLost: (reason, wasReady) =>
      log.warn(
        wasReady
          ? `Replacing the process of native calls: ${reason}`
          : `Cannot start the process of native calls: ${reason}`,
      ),
  });
}

function isGiven(args: ParsedArguments, name: string): boolean {
  return args.values[name] !== undefined || args.switches[name] === true ||
    (args.lists[name]?.length ?? 0) > 0;
}

const NUMBERS = {
  clients: ["native-clients", 1, 1_000_000],
  timeoutMs: ["native-timeout-ms", 1, 3_600_000],
  cpuSeconds: ["native-cpu-s", 1, 3600],
  memoryMb: ["native-memory-mb", 1, 1024 * 1024],
  outputMb: ["native-output-mb", 1, 1024 * 1024],
  keepSeconds: ["native-keep-s", 1, 365 * DAY_S],
} as const;

function readTcp(
  text: string | undefined,
): Result<{ hostname: string; port: number } | undefined, string> {
  if (text === undefined) return ok(undefined);
  const address = readHostAndPort(text);
  if (address !== undefined) return ok(address);
  return err(`Option --native-tcp needs HOST:PORT, found "${text}"`);
}

/** Without the members that are undefined, which would hide defaults. */
function defined<T extends object>(record: T): Partial<T> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

const DECODER = new TextDecoder();
const LOGGED_NAME = 500;

/** A command that is none may have any length. */
function shortened(name: string): string {
  return name.length <= LOGGED_NAME ? name : `${name.slice(0, LOGGED_NAME)}…`;
}

function logCall(log: Log, entry: NativeCallLog, logsAll: boolean): void {
  const { origin, library, functionName, outcome, runMs, stderr, complaints } = entry;
  const name = shortened(`${library} ${functionName}`);
  for (const complaint of complaints) log.warn(complaint, { native: name });
  if (origin === "http") return;
  if (stderr.length > 0) log.info(DECODER.decode(stderr).trimEnd(), { native: name });
  const fields = { run_ms: runMs, outcome: outcome.kind };
  if (!hasSucceeded(outcome)) log.warn(`${name}: ${describeOutcome(outcome)}`, fields);
  else if (logsAll) log.info(name, fields);
}
