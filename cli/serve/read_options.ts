import { Buffer } from "node:buffer";
import process from "node:process";
import { isStrategyName } from "../../runtime/dispatch/strategies.ts";
import type { ScoreFormula } from "../../runtime/dispatch/worker_load.ts";
import type { Credentials } from "../../runtime/http/management_guard.ts";
import { isLogLevel, type Log, LOG_LEVELS, type LogLevel } from "../../runtime/observe/log.ts";
import { readTraceSettings } from "../../runtime/observe/traces/trace_settings.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import type { ServerOptions } from "../../runtime/server/server_options.ts";
import { type ParsedArguments, wholeNumbers } from "../arguments.ts";
import { readNativeOptions } from "../native_options.ts";
import { VERSION } from "../version.ts";
import { logFunction, requestLogger } from "./event_log.ts";
import { DEFAULT_DATA_FOLDER, DEFAULT_FOLDER } from "./options.ts";

/** What a server is started with. */
export interface ServeOptions extends ServerOptions {
  readonly graceMs: number;
  readonly logLevel: LogLevel;
}

/** What reading the options needs to know. */
export interface ReadContext {
  readonly cpuCount: number;
  readonly log: Log;
  /** Whether every request is to be logged at the moment. */
  readonly isVerbose: () => boolean;
}

/** By the custom of sysexits.h, an input or output error. */
const EXIT_FATAL = 74;
const DEFAULT_GRACE_MS = 10_000;
/** What RFC 6750 lets a bearer token be. */
const TOKEN = /^[\w.~+/-]+=*$/;
/** RFC 7518 3.2: as long as the hash. */
const MIN_SECRET_BYTES = 32;

/** Makes of settings what a server is started with. The error is a sentence. */
export function readOptions(
  args: ParsedArguments,
  formula: ScoreFormula,
  { cpuCount, log, isVerbose }: ReadContext,
): Result<ServeOptions, string> {
  if (args.positional.length > 0) return err(`Unexpected argument "${args.positional[0]}"`);
  const numbers = wholeNumbers(args, NUMBERS);
  if (!numbers.ok) return numbers;
  const { port, workers, minWorkers, queue, maxBodyMb, graceMs } = numbers.value;
  const { bodyTimeoutMs, buildTimeoutMs } = numbers.value;
  const { strategy = "fifo" } = args.values;
  if (!isStrategyName(strategy)) {
    return err(`Option --strategy must be fifo, rr, least or score, found "${strategy}"`);
  }
  const logLevel = args.values["log-level"] ?? "info";
  if (!isLogLevel(logLevel)) {
    return err(`Option --log-level must be one of ${LOG_LEVELS.join(", ")}, found "${logLevel}"`);
  }
  const maxWorkers = workers ?? Math.max(2, cpuCount, minWorkers ?? 1);
  if (minWorkers !== undefined && minWorkers > maxWorkers) {
    return err(`Option --min-workers must be at most --workers, found ${minWorkers}`);
  }
  const credentials = readCredentials(args);
  if (!credentials.ok) return credentials;
  const traces = readTraceSettings(args.values.otlp, (name) => process.env[name]);
  if (!traces.ok) return traces;
  const native = readNativeOptions(args, log, isVerbose);
  if (!native.ok) return native;
  return ok({
    hostname: args.values.host ?? "127.0.0.1",
    port: port ?? 8080,
    functionsFolder: args.values.functions ?? DEFAULT_FOLDER,
    dataFolder: args.values.data ?? DEFAULT_DATA_FOLDER,
    workers: maxWorkers,
    minWorkers: minWorkers ?? 1,
    strategy,
    formula,
    queueLength: queue,
    requestLimits: {
      ...maxBodyMb === undefined ? {} : { requestBytes: maxBodyMb * 1024 * 1024 },
      ...bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs },
    },
    buildTimeoutMs,
    hasFastPath: !args.switches["no-fast-path"],
    hasMetrics: !args.switches["no-metrics"],
    traces: traces.value,
    onTraceProblem: (message) => log.warn(message),
    statsHeaders: args.switches["stats-headers"],
    lockPerLog: args.switches["lock-per-log"],
    ...credentials.value,
    jobsPath: args.values["jobs-unix"],
    native: native.value,
    version: VERSION,
    environment: (name) => process.env[name],
    onRequest: requestLogger(log, isVerbose),
    onFunction: (event) => logFunction(log, event),
    onFatal: (error) => {
      log.error(error.message);
      process.exit(EXIT_FATAL);
    },
    logLevel,
    graceMs: graceMs ?? DEFAULT_GRACE_MS,
  });
}

function readCredentials(args: ParsedArguments): Result<Credentials, string> {
  const token = args.values.token;
  const jwtSecret = args.values["jwt-secret"];
  if (token !== undefined && !TOKEN.test(token)) {
    return err("Option --token must consist of letters, digits and -._~+/, and = at its end");
  }
  if (jwtSecret !== undefined && Buffer.byteLength(jwtSecret) < MIN_SECRET_BYTES) {
    return err(`Option --jwt-secret must have at least ${MIN_SECRET_BYTES} bytes`);
  }
  return ok({ token, jwtSecret });
}

const NUMBERS = {
  port: ["port", 0, 65535],
  workers: ["workers", 1, 256],
  minWorkers: ["min-workers", 1, 256],
  queue: ["queue", 0, 1_000_000],
  maxBodyMb: ["max-body-mb", 1, 1024],
  bodyTimeoutMs: ["body-timeout-ms", 1, 3_600_000],
  buildTimeoutMs: ["build-timeout-ms", 1, 3_600_000],
  graceMs: ["grace-ms", 0, 3_600_000],
} as const;
