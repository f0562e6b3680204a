import { serverVerb } from "../server_verb.ts";
import { type Cell, type Column, table } from "../table.ts";
import type { Tone } from "../terminal.ts";
import { formatAge, formatBytes } from "../units.ts";
import { type FunctionJson, keyOf, nameOf } from "./function_json.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", shrinks: true },
  { title: "METHOD" },
  { title: "FROM" },
  { title: "LANGUAGE" },
  { title: "STATE" },
  { title: "SIZE", align: "right" },
  { title: "SINCE", align: "right" },
  { title: "VERSION" },
];

/** How a state looks. */
export const STATE_TONES: Readonly<Record<FunctionJson["state"], Tone>> = {
  ready: "good",
  unloaded: "faint",
  loading: "busy",
  broken: "bad",
};

/** `skerry list`. */
export const listVerb = serverVerb({
  name: "list",
  summary: "Lists the functions of a Skerry server, wherever they come from.",
  usage: "skerry list [OPTIONS]",
  operands: [],
  async run({ client, args, context, terminal, fail }) {
    const listed = await client.json<{ functions: FunctionJson[] }>("functions");
    if (!listed.ok) return fail(listed.error);
    const { functions } = listed.value;
    if (args.switches.json) {
      context.print(JSON.stringify(listed.value));
      return 0;
    }
    if (functions.length === 0) {
      context.printError("No functions yet; deploy one with: skerry deploy FILE");
      return 0;
    }
    context.print(functionTable(functions, Date.now(), terminal).join("\n"));
    const ailing = functions.filter(({ error }) => error !== undefined);
    if (ailing.length > 0) context.printError(ailingText(ailing));
    return 0;
  },
});

/** The functions as a table; columns in which nothing stands are left out. */
export function functionTable(
  functions: readonly FunctionJson[],
  nowMs: number,
  terminal?: Parameters<typeof table>[2],
): string[] {
  const rows = functions.map((each) => functionRow(each, nowMs));
  const used = COLUMNS.map((_, at) => rows.some((row) => row[at] !== ""));
  const kept = <T>(cells: readonly T[]) => cells.filter((_, at) => used[at]);
  return table(kept(COLUMNS), rows.map(kept), terminal);
}

function functionRow(each: FunctionJson, nowMs: number): Cell[] {
  const { method, source, language, state, size, loadedAt, version, error } = each;
  const isAiling = error !== undefined && state !== "broken";
  return [
    nameOf(each),
    method ?? "",
    source,
    language ?? "",
    { text: isAiling ? `${state}, old` : state, tone: isAiling ? "busy" : STATE_TONES[state] },
    formatBytes(size),
    loadedAt === undefined ? "" : formatAge(nowMs - Date.parse(loadedAt)),
    version ?? "",
  ];
}

function ailingText(ailing: readonly FunctionJson[]): string {
  const [first] = ailing;
  const what = ailing.length === 1 ? "1 function has" : `${ailing.length} functions have`;
  return `${what} an error; see: skerry inspect ${keyOf(first!)}`;
}
