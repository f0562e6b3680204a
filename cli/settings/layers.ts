import { err, ok, type Result } from "../../runtime/result.ts";
import type { Option, ParsedArguments } from "../arguments.ts";
import { type FileSettings, keyOf } from "./settings_file.ts";

/** Where a setting comes from. */
export type SettingOrigin = "flag" | "environment" | "file";

/** Settings of all layers, and where each was found. */
export interface LayeredSettings {
  readonly args: ParsedArguments;
  readonly origins: ReadonlyMap<string, SettingOrigin>;
}

const TRUE = ["1", "true", "yes"];
const FALSE = ["", "0", "false", "no"];

/** An option's variable in the environment, e.g. `SKERRY_MIN_WORKERS`. */
export function variableOf(option: string): string {
  return `SKERRY_${keyOf(option).toUpperCase()}`;
}

/**
 * Lays the command line over the environment over the file: what is given in one of them hides what the
 * later ones say.
 *
 * @returns A sentence about a variable that cannot be read
 */
export function layerSettings(
  flags: ParsedArguments,
  options: Readonly<Record<string, Option>>,
  environment: (name: string) => string | undefined,
  file: FileSettings,
): Result<LayeredSettings, string> {
  const values: Record<string, string | undefined> = { ...flags.values };
  const lists: Record<string, readonly string[]> = { ...flags.lists };
  const switches: Record<string, boolean> = { ...flags.switches };
  const origins = new Map<string, SettingOrigin>();
  for (const [name, { value, isRepeated }] of Object.entries(options)) {
    const text = environment(variableOf(name));
    if (value === undefined) {
      const isOn = readSwitch(name, text);
      if (!isOn.ok) return isOn;
      const found = first([flags.switches[name] || undefined, isOn.value, file.switches[name]]);
      switches[name] = note(origins, name, found) ?? false;
    } else if (isRepeated) {
      const flag = flags.lists[name]?.length ? flags.lists[name] : undefined;
      const found = first([flag, text ? text.split(",") : undefined, file.lists[name]]);
      lists[name] = note(origins, name, found) ?? [];
    } else {
      const found = first([flags.values[name], text || undefined, file.values[name]]);
      values[name] = note(origins, name, found);
    }
  }
  return ok({ args: { ...flags, values, lists, switches }, origins });
}

const ORIGINS: readonly SettingOrigin[] = ["flag", "environment", "file"];

interface Found<T> {
  readonly value: T;
  readonly origin: SettingOrigin;
}

/** The first layer that says something. */
function first<T>(layers: readonly (T | undefined)[]): Found<T> | undefined {
  const index = layers.findIndex((each) => each !== undefined);
  return index === -1 ? undefined : { value: layers[index]!, origin: ORIGINS[index]! };
}

function note<T>(
  origins: Map<string, SettingOrigin>,
  name: string,
  found: Found<T> | undefined,
): T | undefined {
  if (found !== undefined) origins.set(name, found.origin);
  return found?.value;
}

function readSwitch(name: string, text: string | undefined): Result<boolean | undefined, string> {
  if (text === undefined) return ok(undefined);
  if (TRUE.includes(text.toLowerCase())) return ok(true);
  if (FALSE.includes(text.toLowerCase())) return ok(false);
  return err(`${variableOf(name)} must be true or false, found "${text}"`);
}
