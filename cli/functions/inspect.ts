import { printable, printableLines } from "../printable.ts";
import { serverVerb } from "../server_verb.ts";
import { type Cell, type Column, table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { formatBytes } from "../units.ts";
import {
  type FunctionDetailsJson,
  type FunctionJson,
  functionPath,
  keyOf,
  nameOf,
  type VersionJson,
} from "./function_json.ts";
import { STATE_TONES } from "./list.ts";

const VERSION_COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "VERSION" },
  { title: "LANGUAGE" },
  { title: "SIZE", align: "right" },
  { title: "CREATED" },
  { title: "CONTENT" },
];

/** `skerry inspect NAME`. */
export const inspectVerb = serverVerb({
  name: "inspect",
  summary: "Shows one function: where it answers, how it is, its versions and its configuration.",
  usage: "skerry inspect NAME [OPTIONS]",
  notes:
    `NAME is what skerry list shows, or METHOD:/PATH where several functions share a path. A star marks the
version that serves.`,
  operands: ["NAME"],
  async run({ operands: [name], client, args, context, terminal, fail }) {
    const shown = await client.json<FunctionDetailsJson>(functionPath(name!));
    if (!shown.ok) return fail(shown.error);
    if (args.switches.json) context.print(JSON.stringify(shown.value));
    else context.print(details(shown.value, client.url, terminal).join("\n"));
    return 0;
  },
});

/** A function in words. */
export function details(
  shown: FunctionDetailsJson,
  url: string,
  terminal: Pick<Terminal, "columns" | "paint">,
): string[] {
  const { versions = [], config } = shown;
  return [
    ...memberLines(members(shown, url, terminal), terminal),
    ...versions.length === 0
      ? []
      : ["", ...table(VERSION_COLUMNS, versions.map(versionRow), terminal)],
    ...config ? ["", terminal.paint("CONFIG", "faint"), ...printableLines(config.trimEnd())] : [],
  ];
}

function members(
  shown: FunctionDetailsJson,
  url: string,
  { paint }: Pick<Terminal, "paint">,
): [string, string | undefined][] {
  const { route, method, methods, source, file, language, state, error, version } = shown;
  return [
    ["Name", printable(nameOf(shown))],
    ["URL", `${url}${printable(route)}`],
    ["Methods", method ?? methods?.join(", ")],
    ["From", `${source}, ${printable(file)}`],
    ["Language", language],
    ["State", paint(state, STATE_TONES[state])],
    ["Error", error && `${paint(error.code, "bad")}: ${printableLines(error.message).join("\n")}`],
    ["Version", version],
    ["Size", formatBytes(shown.size)],
    ["Since", shown.loadedAt],
    ["Also", shown.also?.map(alsoLine).join("\n")],
  ];
}

function alsoLine(other: FunctionJson): string {
  const { source, file, state } = other;
  return `${printable(keyOf(other))}: ${source}, ${printable(file)}, ${state}`;
}

function memberLines(
  given: readonly (readonly [string, string | undefined])[],
  { paint }: Pick<Terminal, "paint">,
): string[] {
  const width = Math.max(...given.map(([name]) => name.length)) + 2;
  const indent = " ".repeat(width);
  return given.filter((each): each is [string, string] => each[1] !== undefined)
    .map(([name, text]) =>
      paint(name.padEnd(width), "faint") + text.replaceAll("\n", `\n${indent}`)
    );
}

function versionRow(version: VersionJson): Cell[] {
  return [
    version.is_active ? "*" : "",
    version.id,
    version.language,
    formatBytes(version.size),
    version.created_at,
    version.content_hash.slice(0, 12),
  ];
}
