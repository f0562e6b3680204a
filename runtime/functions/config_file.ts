import { parse, TomlError } from "smol-toml";
import type { Scheduling } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../isolate/limits.ts";
import { err, ok, type Result } from "../result.ts";
import {
  type ConfigProblem,
  ConfigTable,
  describe,
  readArray,
  readNonEmptyString,
} from "./config_table.ts";
import type { Abi, FunctionConfig } from "./function_config.ts";
import type { NativeLimitChoice } from "./native_function.ts";
import { readCoord } from "./coord_config.ts";
import { readMounts } from "./mount_config.ts";

/** What a function without a `NAME.toml` gets. */
export const DEFAULT_CONFIG: FunctionConfig = {
  abi: "auto",
  limits: DEFAULT_LIMITS,
  env: {},
  mounts: [],
};

/** Looks up a variable of the server's environment. */
export type Environment = (name: string) => string | undefined;

/** A function's TOML file and what its values may refer to. */
export interface ConfigSource {
  /** Relative to the functions folder; named in errors. */
  readonly file: string;
  readonly text: string;
  /** Where `"$NAME"` values come from. */
  readonly environment: Environment;
}

/**
 * Reads a function's configuration. Besides Skerry's keys it understands those of wasm-workers-server:
 * `name`, `version` and `[features.http_requests]` are checked and have no effect, `[vars]` is `[env]`.
 *
 * @returns The configuration with every default filled in, or `invalid_config` that names the file, the key
 * and what was expected.
 *
 * @example
 * ```ts
 * import { parseFunctionConfig } from "./config_file.ts";
 *
 * const config = parseFunctionConfig({
 *   file: "hello.toml",
 *   text: `[limits]\nmemory_mb = 64`,
 *   environment: () => undefined,
 * });
 * if (config.ok) console.log(config.value.limits.memoryPages); // 1024
 * ```
 */
export function parseFunctionConfig(source: ConfigSource): Result<FunctionConfig, SkerryError> {
  const document = parseToml(source);
  if (!document.ok) return document;
  const problems: ConfigProblem[] = [];
  const root = new ConfigTable(document.value, problems);
  const config = readConfigKeys(root, source.environment);
  root.finish();
  const problem = problems[0];
  return problem === undefined ? ok(config) : err(configError(source.file, problem));
}

function parseToml({ file, text }: ConfigSource): Result<Record<string, unknown>, SkerryError> {
  try {
    return ok(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "");
    const message = `Cannot parse ${file}: line ${error.line}, column ${error.column}: ${reason}`;
    const details = { file, line: error.line, column: error.column };
    return err(skerryError("invalid_config", message, details));
  }
}

/** Characters of a key that an error repeats at most. */
const MAX_SHOWN_KEY = 80;

/** The error that tells of a problem. */
export function configError(file: string, { key, message }: ConfigProblem): SkerryError {
  const shown = key.length > MAX_SHOWN_KEY ? `${key.slice(0, MAX_SHOWN_KEY)}…` : key;
  const details = { file, key: shown };
  return skerryError("invalid_config", `Cannot read ${file}: ${shown} ${message}`, details);
}

/** Reads the keys of a configuration, wherever it is written; what is wrong is noted in the table. */
export function readConfigKeys(root: ConfigTable, environment: Environment): FunctionConfig {
  const { runtime, given, ...rest } = {
    abi: root.value("abi", `one of ${ABIS.join(", ")}`, readAbi) ?? DEFAULT_CONFIG.abi,
    runtime: root.value("runtime", "one of wasm, native", readRuntime),
    handler: root.string("handler"),
    methods: root.value("methods", 'a non-empty array of methods such as "GET"', readMethods),
    given: readLimits(root.table("limits")),
    env: readEnv(root, environment),
    kvNamespace: readKvNamespace(root.table("data")),
    mounts: readMounts(root),
    coord: readCoord(root),
    scheduling: readScheduling(root),
  };
  checkIgnoredKeys(root);
  const config = { ...rest, limits: moduleLimits(given) };
  if (runtime !== "native") return config;
  noteModuleKeys(root, config, given);
  return { ...config, native: nativeLimits(given) };
}

function readRuntime(value: unknown): "wasm" | "native" | undefined {
  return value === "wasm" || value === "native" ? value : undefined;
}

/** What a library cannot be given must not seem to be in force. */
function noteModuleKeys(root: ConfigTable, config: FunctionConfig, { fuel }: GivenLimits): void {
  const has = {
    "abi": config.abi === "static",
    "limits.fuel": fuel !== undefined,
    "env": Object.keys(config.env).length > 0,
    "mounts": config.mounts.length > 0,
    "coord": config.coord !== undefined,
  };
  for (const [key, isThere] of Object.entries(has)) {
    if (isThere) root.note(key, "has no meaning for a native library; leave it out");
  }
}

const ABIS: readonly Abi[] = ["auto", "text", "cgi", "json", "static"];

function readAbi(value: unknown): Abi | undefined {
  return ABIS.find((abi) => abi === value);
}

function readMethods(value: unknown): string[] | undefined {
  const methods = readArray(value, (item) => {
    return typeof item === "string" && /^[A-Za-z]+$/.test(item) ? item.toUpperCase() : undefined;
  });
  return methods === undefined || methods.length === 0 ? undefined : [...new Set(methods)];
}

const PAGES_PER_MIB = 16;
const MIB = 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;

interface GivenLimits extends NativeLimitChoice {
  readonly fuel?: number;
}

function readLimits(table: ConfigTable): GivenLimits {
  const fuel = table.integer("fuel", 1, Number.MAX_SAFE_INTEGER);
  const memoryMb = table.integer("memory_mb", 1, 4096);
  const timeoutMs = table.integer("timeout_ms", 1, HOUR_MS);
  const outputMb = table.integer("output_mb", 1, 1024);
  table.finish();
  const outputBytes = outputMb === undefined ? undefined : outputMb * MIB;
  return { fuel, memoryMb, timeoutMs, outputBytes };
}

function nativeLimits({ timeoutMs, memoryMb, outputBytes }: GivenLimits): NativeLimitChoice {
  return { timeoutMs, memoryMb, outputBytes };
}

function moduleLimits({ fuel, memoryMb, timeoutMs, outputBytes }: GivenLimits): Limits {
  return {
    fuel: fuel ?? DEFAULT_LIMITS.fuel,
    memoryPages: memoryMb === undefined ? DEFAULT_LIMITS.memoryPages : memoryMb * PAGES_PER_MIB,
    timeoutMs: timeoutMs ?? DEFAULT_LIMITS.timeoutMs,
    stdoutBytes: outputBytes ?? DEFAULT_LIMITS.stdoutBytes,
    stderrBytes: DEFAULT_LIMITS.stderrBytes,
  };
}

const MAX_WORKERS = 256;
const MAX_SHARE = 1000;

/** Undefined without the table, so that functions that ask for nothing cost nothing. */
function readScheduling(root: ConfigTable): Scheduling | undefined {
  if (!root.has("scheduling")) return undefined;
  const table = root.table("scheduling");
  const maxConcurrent = table.integer("max_concurrent", 1, Number.MAX_SAFE_INTEGER);
  const reservedWorkers = table.integer("reserved_workers", 0, MAX_WORKERS);
  const share = table.value("share", `a number above 0 and up to ${MAX_SHARE}`, readShare);
  table.finish();
  return {
    maxConcurrent: maxConcurrent ?? Infinity,
    reservedWorkers: reservedWorkers ?? 0,
    share: share ?? 1,
  };
}

function readShare(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= MAX_SHARE ? value : undefined;
}

function readEnv(root: ConfigTable, environment: Environment): Record<string, string> {
  const env = new Map<string, string>();
  for (const table of [root.table("vars"), root.table("env")]) {
    for (const [name, value] of table.entries()) {
      const resolved = resolveVariable(table, name, value, environment);
      if (env.has(name)) table.note(name, "is set in both [vars] and [env]");
      if (resolved !== undefined) env.set(name, resolved);
    }
  }
  return Object.fromEntries(env);
}

function resolveVariable(
  table: ConfigTable,
  name: string,
  value: unknown,
  environment: Environment,
): string | undefined {
  // In WASI's environment a NUL ends an entry and the first "=" ends a name.
  if (name === "" || /[=\0]/.test(name)) return void table.note(name, "cannot name a variable");
  if (typeof value !== "string" || value.includes("\0")) {
    return void table.note(name, `must be a string without NUL, found ${describe(value)}`);
  }
  const reference = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1];
  if (reference === undefined) return value;
  const resolved = environment(reference);
  if (resolved !== undefined) return resolved;
  table.note(name, `needs ${reference}, which the server's environment does not have`);
}

function readKvNamespace(data: ConfigTable): string | undefined {
  const kv = data.table("kv");
  const namespace = kv.string("namespace");
  kv.finish();
  data.finish();
  return namespace;
}

/** Keys that change nothing here; a wrong one is still told apart from a right one. */
function checkIgnoredKeys(root: ConfigTable): void {
  root.string("name");
  root.string("version");
  const features = root.table("features");
  const requests = features.table("http_requests");
  for (const key of ["allowed_hosts", "allowed_methods"]) {
    requests.value(
      key,
      "an array of strings",
      (value) => readArray(value, readNonEmptyString),
    );
  }
  requests.boolean("allow_http");
  requests.finish();
  features.finish();
}
