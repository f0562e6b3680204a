import { parseArgs } from "@std/cli";
import { err, ok, type Result } from "../runtime/result.ts";
import { similarName } from "./similar_name.ts";

/** One option of a verb, as its help shows it. */
export interface Option {
  /** What the value is called in the help; undefined for a switch. */
  readonly value?: string;
  readonly help: string;
  /** May be given several times. */
  readonly isRepeated?: boolean;
  /** A letter that stands for the name after one dash. */
  readonly letter?: string;
  /** What nobody should read over a shoulder, or in a log: the value, or what a URL has besides its address. */
  readonly secret?: "value" | "url";
}

/** The arguments of a verb, still text. */
export interface ParsedArguments {
  readonly positional: readonly string[];
  /** What stood after `--`. */
  readonly rest: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly switches: Readonly<Record<string, boolean>>;
}

/** Reads a verb's arguments. The error is a sentence for the terminal. */
export function parseArguments(
  args: readonly string[],
  options: Readonly<Record<string, Option>>,
): Result<ParsedArguments, string> {
  const unknown: string[] = [];
  const names = Object.keys(options);
  const valued = names.filter((name) => options[name]!.value !== undefined);
  const switches = names.filter((name) => options[name]!.value === undefined);
  const repeated = valued.filter((name) => options[name]!.isRepeated);
  const lettered = names.filter((name) => options[name]!.letter !== undefined);
  const parsed: Record<string, unknown> = parseArgs(withDashValues(args, valued), {
    alias: Object.fromEntries(lettered.map((name) => [name, options[name]!.letter!])),
    string: [...valued, "_"],
    boolean: [...switches, "help"],
    collect: repeated,
    "--": true,
    unknown: (argument: string, key?: string) => {
      if (key !== undefined) unknown.push(argument);
      return key === undefined;
    },
  });
  if (unknown.length > 0) return err(unknownOption(unknown[0]!, names));
  const single = valued.filter((name) => !repeated.includes(name));
  const missing = single.find((name) => parsed[name] === "");
  if (missing !== undefined) return err(`Option --${missing} needs a value`);
  return ok({
    positional: (parsed._ as unknown[]).map(String),
    rest: parsed["--"] as string[],
    values: pick(parsed, single) as Record<string, string | undefined>,
    lists: pick(parsed, repeated) as Record<string, string[]>,
    switches: pick(parsed, [...switches, "help"]) as Record<string, boolean>,
  });
}

function unknownOption(given: string, names: readonly string[]): string {
  const similar = given.startsWith("--")
    ? similarName(given.slice(2).replace(/=.*$/s, ""), names)
    : undefined;
  return `Unknown option ${given}${similar === undefined ? "" : ` (--${similar}?)`}`;
}

/** `--data -` as `--data=-`: the parser would not take a dash, which means a standard stream, for a value. */
function withDashValues(args: readonly string[], valued: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    const isValue = arg === "-" && last?.startsWith("--") && valued.includes(last.slice(2));
    if (isValue && !joined.includes("--")) joined[joined.length - 1] = `${last}=-`;
    else joined.push(arg);
  }
  return joined;
}

function pick(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

/** Reads an option that is a whole number within bounds. */
export function wholeNumber(
  args: ParsedArguments,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): Result<number | undefined, string> {
  const text = args.values[name];
  if (text === undefined) return ok(undefined);
  const number = Number(text.replaceAll("_", ""));
  if (Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return ok(number);
  return err(
    `Option --${name} must be a whole number from ${bounds.min} to ${bounds.max}, found "${text}"`,
  );
}

/** An option and its bounds, both included. */
export type NumberBounds = readonly [name: string, min: number, max: number];

/** Reads several options that are whole numbers, by the names that the program has for them. */
export function wholeNumbers<Key extends string>(
  args: ParsedArguments,
  bounds: Readonly<Record<Key, NumberBounds>>,
): Result<Partial<Record<Key, number>>, string> {
  const numbers: Partial<Record<Key, number>> = {};
  for (const [key, [name, min, max]] of Object.entries(bounds) as [Key, NumberBounds][]) {
    const number = wholeNumber(args, name, { min, max });
    if (!number.ok) return number;
    numbers[key] = number.value;
  }
  return ok(numbers);
}

/** The help text of a verb: usage, what it does, its options in columns, and what follows. */
export function helpText(verb: {
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly notes?: string;
}): string {
  const options: Record<string, Option> = { ...verb.options, help: { help: "show this" } };
  const hasLetters = Object.values(options).some(({ letter }) => letter !== undefined);
  const rows = Object.entries(options)
    .map(([name, option]) => [`  ${optionText(name, option, hasLetters)}`, option.help]);
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2;
  const table = rows.map(([left, right]) => left!.padEnd(width) + right).join("\n");
  const notes = verb.notes === undefined ? "" : `\n\n${verb.notes}`;
  return `${verb.summary}\n\nUsage: ${verb.usage}\n\nOptions:\n${table}${notes}`;
}

function optionText(name: string, { letter, value }: Option, hasLetters: boolean): string {
  const before = letter === undefined ? hasLetters ? "    " : "" : `-${letter}, `;
  return `${before}--${name}${value ? ` ${value}` : ""}`;
}
