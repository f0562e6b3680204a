import { parse, TomlError } from "smol-toml";
import { DEFAULT_FORMULA, type ScoreFormula } from "../../runtime/dispatch/worker_load.ts";
import {
  type ConfigProblem,
  ConfigTable,
  readArray,
  readNonEmptyString,
} from "../../runtime/functions/config_table.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import type { Option } from "../arguments.ts";

/** What `skerry.toml` says: the options of `serve` by their names, still text, and what only the file can say. */
export interface FileSettings {
  readonly values: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly switches: Readonly<Record<string, boolean>>;
  /** How a worker's score is made; from `[score]`. */
  readonly formula: ScoreFormula;
}

/** What a server without a file has. */
export const NO_FILE: FileSettings = {
  values: {},
  lists: {},
  switches: {},
  formula: DEFAULT_FORMULA,
};

/** An option's key in the file: its name with `_` for `-`. */
export function keyOf(option: string): string {
  return option.replaceAll("-", "_");
}

/**
 * Reads the text of a `skerry.toml`: every option of `serve` under its name with `_` for `-`, and `[score]`.
 *
 * @returns A sentence that names the file, the key, what was expected and what was found
 *
 * @example
 * ```ts
 * import { parseSettingsFile } from "./settings_file.ts";
 *
 * const options = { "min-workers": { value: "N", help: "threads that stay" } };
 * const settings = parseSettingsFile("skerry.toml", "min_workers = 2", options);
 * if (settings.ok) console.log(settings.value.values["min-workers"]); // 2
 * ```
 */
export function parseSettingsFile(
  file: string,
  text: string,
  options: Readonly<Record<string, Option>>,
): Result<FileSettings, string> {
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const reason = thrown.message.split("\n", 1)[0]!.replace("Invalid TOML document: ", "");
    return err(`Cannot parse ${file}: line ${thrown.line}, column ${thrown.column}: ${reason}`);
  }
  const problems: ConfigProblem[] = [];
  const root = new ConfigTable(document, problems);
  const settings = readSettings(root, options);
  root.finish();
  const [problem] = problems;
  if (problem === undefined) return ok(settings);
  return err(`Cannot read ${file}: ${problem.key} ${problem.message}`);
}

function readSettings(
  root: ConfigTable,
  options: Readonly<Record<string, Option>>,
): FileSettings {
  const values: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = {};
  const switches: Record<string, boolean> = {};
  for (const [name, { value, isRepeated }] of Object.entries(options)) {
    const key = keyOf(name);
    if (value === undefined) assign(switches, name, root.boolean(key));
    else if (isRepeated) assign(lists, name, root.value(key, "an array of strings", readStrings));
    else assign(values, name, root.value(key, "a string or a number", readText));
  }
  return { values, lists, switches, formula: readFormula(root.table("score")) };
}

function assign<T>(to: Record<string, T>, name: string, value: T | undefined): void {
  if (value !== undefined) to[name] = value;
}

function readText(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : readNonEmptyString(value);
}

function readStrings(value: unknown): string[] | undefined {
  return readArray(value, readNonEmptyString);
}

const MIB = 1024 * 1024;

function readFormula(table: ConfigTable): ScoreFormula {
  const part = (key: string) => table.value(key, "a number from 0 to 1", readPart);
  const memoryMb = table.integer("full_memory_mb", 1, MIB);
  const ioMb = table.integer("full_io_mb_per_second", 1, MIB);
  const formula = {
    cpuWeight: part("cpu_weight") ?? DEFAULT_FORMULA.cpuWeight,
    memoryWeight: part("memory_weight") ?? DEFAULT_FORMULA.memoryWeight,
    ioWeight: part("io_weight") ?? DEFAULT_FORMULA.ioWeight,
    smoothing: part("smoothing") ?? DEFAULT_FORMULA.smoothing,
    periodMs: table.integer("period_ms", 50, 60_000) ?? DEFAULT_FORMULA.periodMs,
    fullMemoryBytes: memoryMb === undefined ? DEFAULT_FORMULA.fullMemoryBytes : memoryMb * MIB,
    fullIoBytesPerSecond: ioMb === undefined ? DEFAULT_FORMULA.fullIoBytesPerSecond : ioMb * MIB,
  };
  table.finish();
  return formula;
}

function readPart(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 1 ? value : undefined;
}
