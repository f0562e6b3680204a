import { stringify } from "smol-toml";
import type { ScoreFormula } from "../../runtime/dispatch/worker_load.ts";
import type { Option } from "../arguments.ts";
import type { LayeredSettings } from "./layers.ts";
import { keyOf } from "./settings_file.ts";

const MIB = 1024 * 1024;

/**
 * Settings as a `skerry.toml` that says the same, each with where it comes from; what is not set is a comment
 * with its meaning. Secrets are left out, and so is a URL that holds one.
 */
export function printSettings(
  { args, origins }: LayeredSettings,
  options: Readonly<Record<string, Option>>,
  formula: ScoreFormula,
): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const key = keyOf(name);
    const origin = origins.get(name);
    if (origin === undefined) return `# ${key}: ${option.help}`;
    const value = args.values[name] ?? args.switches[name] ?? args.lists[name] ?? [];
    const hidden = hiddenText(option, value);
    if (hidden !== undefined) return `# ${key} is set${hidden}, from the ${origin}`;
    return `${stringify({ [key]: asNumber(value) }).trim()} # from the ${origin}`;
  });
  return [...rows, "", "[score]", stringify(formulaTable(formula)).trim()].join("\n");
}

/** What may be told of a value that is not shown; undefined if it may be shown. */
function hiddenText({ secret }: Option, value: unknown): string | undefined {
  if (secret === undefined) return undefined;
  const text = String(value);
  if (secret === "value" || !/^https?:/i.test(text) || !URL.canParse(text)) return "";
  const { origin, username, password, search, hash } = new URL(text);
  const isPublic = username + password + search + hash === "";
  return isPublic ? undefined : ` to a secret URL at ${origin}`;
}

function asNumber(value: string | boolean | readonly string[]): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

function formulaTable(formula: ScoreFormula): Record<string, number> {
  return {
    cpu_weight: formula.cpuWeight,
    memory_weight: formula.memoryWeight,
    io_weight: formula.ioWeight,
    smoothing: formula.smoothing,
    period_ms: formula.periodMs,
    full_memory_mb: formula.fullMemoryBytes / MIB,
    full_io_mb_per_second: formula.fullIoBytesPerSecond / MIB,
  };
}
