import type { LanguageName } from "../../build/language.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { configError, type Environment, readConfigKeys } from "../config_file.ts";
import { type ConfigProblem, ConfigTable, describe } from "../config_table.ts";
import type { FunctionConfig } from "../function_config.ts";
import { languageNames } from "../source_language.ts";
import { MAX_VALUE_BYTES } from "./route_database.ts";

/** How a row's module is run. */
export type RouteRuntime = LanguageName | "static" | "native";

/** What a row's JSON says. */
export interface RouteSpec {
  readonly runtime: RouteRuntime;
  /** A path: absolute, or relative to the functions folder. */
  readonly module: string;
  readonly config: FunctionConfig;
}

const MAX_MEMORY_MB = 4096;
const MAX_TIMEOUT_S = 3600;

/**
 * Reads the JSON of a row: `runtime`, `module`, `memory` (MB), `timeout` (seconds), `name`, and the keys of a
 * `NAME.toml`.
 *
 * @param key Names the row in errors.
 * @returns `invalid_config`
 *
 * @example
 * ```ts
 * import { parseRouteSpec } from "./route_spec.ts";
 *
 * const value = `{"runtime": "wasm", "module": "_lib/hello.wasm", "timeout": 2}`;
 * const spec = parseRouteSpec("GET:/hello", value, () => undefined);
 * if (spec.ok) console.log(spec.value.config.limits.timeoutMs); // 2000
 * ```
 */
export function parseRouteSpec(
  key: string,
  value: string,
  environment: Environment,
): Result<RouteSpec, SkerryError> {
  const members = parseJson(value);
  if (!members.ok) {
    return err(skerryError("invalid_config", `Cannot read ${key}: ${members.error}`, { key }));
  }
  const problems: ConfigProblem[] = [];
  const spec = readSpec(members.value, problems, environment);
  const [problem] = problems;
  return problem === undefined ? ok(spec) : err(configError(key, problem));
}

function parseJson(value: string): Result<Record<string, unknown>, string> {
  if (value.length > MAX_VALUE_BYTES) return err(`it has more than ${MAX_VALUE_BYTES} bytes`);
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return ok(parsed as Record<string, unknown>);
    }
    return err("it is JSON, but no object");
  } catch {
    return err("it is not JSON");
  }
}

function readSpec(
  members: Readonly<Record<string, unknown>>,
  problems: ConfigProblem[],
  environment: Environment,
): RouteSpec {
  const row = new ConfigTable(members, problems);
  const runtimes: readonly string[] = ["static", "native", ...languageNames()];
  const runtime = row.value("runtime", `one of ${runtimes.join(", ")}`, (value) => {
    return runtimes.find((name) => name === value) as RouteRuntime | undefined;
  });
  const module = row.value("module", "a path without NUL", (value) => {
    return typeof value === "string" && /^[^\0]+$/.test(value) ? value : undefined;
  });
  for (const key of ["runtime", "module"]) if (!row.has(key)) row.note(key, "is missing");
  const limits = readLimits(row);
  noteTwoLimits(row, members, limits);
  const rest = new ConfigTable(asConfiguration(members, limits), problems);
  const config = readConfigKeys(rest, environment);
  if (config.methods !== undefined) rest.note("methods", "is for files: the key names the method");
  rest.finish();
  return { runtime: runtime ?? "wasm", module: module ?? "", config };
}

/** `memory` and `timeout`, the table's own names for two of the limits. */
function readLimits(row: ConfigTable): Readonly<Record<string, number>> {
  const memoryMb = row.integer("memory", 1, MAX_MEMORY_MB);
  const timeoutMs = row.value("timeout", `seconds, at most ${MAX_TIMEOUT_S}`, (value) => {
    if (typeof value !== "number" || !(value > 0 && value <= MAX_TIMEOUT_S)) return undefined;
    return Math.max(1, Math.round(value * 1000));
  });
  return {
    ...memoryMb === undefined ? {} : { memory_mb: memoryMb },
    ...timeoutMs === undefined ? {} : { timeout_ms: timeoutMs },
  };
}

/** Other names of the limits, as a `NAME.toml` has them in `[limits]`. */
const OTHER_NAMES = { memory: "memory_mb", timeout: "timeout_ms" } as const;

/** Whoever wrote both names meant each of them, so neither wins in silence. */
function noteTwoLimits(
  row: ConfigTable,
  members: Readonly<Record<string, unknown>>,
  limits: Readonly<Record<string, number>>,
): void {
  const given = (members.limits ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, other] of Object.entries(OTHER_NAMES)) {
    const isTwice = limits[other] !== undefined && given[other] !== undefined;
    if (!isTwice || limits[other] === given[other]) continue;
    const found = `${describe(members[name])}, and limits.${other} is ${describe(given[other])}`;
    row.note(name, `is ${found}: they mean the same limit; leave one of them out`);
  }
}

/** A row in the terms of a `NAME.toml`. */
function asConfiguration(
  { runtime, module: _module, memory: _memory, timeout: _timeout, ...members }: Readonly<
    Record<string, unknown>
  >,
  limits: Readonly<Record<string, number>>,
): Record<string, unknown> {
  const isNative = runtime === "native";
  const given = members.limits;
  const isTable = typeof given === "object" && given !== null && !Array.isArray(given);
  return {
    ...members,
    ...isNative ? { runtime } : {},
    ...given !== undefined && !isTable ? {} : { limits: { ...given ?? {}, ...limits } },
  };
}
