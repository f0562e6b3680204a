import { readFile } from "node:fs/promises";
import process from "node:process";
import type { ScoreFormula } from "../../runtime/dispatch/worker_load.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import type { Option, ParsedArguments } from "../arguments.ts";
import { type LayeredSettings, layerSettings } from "./layers.ts";
import { type FileSettings, NO_FILE, parseSettingsFile } from "./settings_file.ts";

/** Settings of all layers, and what only the file can say. */
export interface Settings extends LayeredSettings {
  readonly formula: ScoreFormula;
}

const DEFAULT_FILE = "skerry.toml";
/** A file beyond this is something else. */
const MAX_FILE_CHARACTERS = 1024 * 1024;

/**
 * Reads the settings: `--config`, or `SKERRY_CONFIG`, or `skerry.toml` where there is one, below the environment,
 * below the command line.
 */
export async function loadSettings(
  flags: ParsedArguments,
  options: Readonly<Record<string, Option>>,
): Promise<Result<Settings, string>> {
  const environment = (name: string) => process.env[name];
  const file = await loadFile(flags.values.config ?? environment("SKERRY_CONFIG"), options);
  if (!file.ok) return file;
  const layered = layerSettings(flags, options, environment, file.value);
  return layered.ok ? ok({ ...layered.value, formula: file.value.formula }) : layered;
}

async function loadFile(
  path: string | undefined,
  options: Readonly<Record<string, Option>>,
): Promise<Result<FileSettings, string>> {
  const file = path ?? DEFAULT_FILE;
  try {
    const text = await readFile(file, "utf8");
    if (text.length > MAX_FILE_CHARACTERS) {
      return err(`Cannot read ${file}: it is larger than 1 MB`);
    }
    return parseSettingsFile(file, text, options);
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" && path === undefined) return ok(NO_FILE);
    return err(`Cannot read ${file}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
}
