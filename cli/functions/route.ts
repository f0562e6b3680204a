import type { RouteRow } from "../../runtime/functions/deployments.ts";
import { type ServerCall, serverVerb } from "../server_verb.ts";
import { readData } from "../standard_streams.ts";
import { type Cell, type Column, table } from "../table.ts";
import { STATE_TONES } from "./list.ts";

const COLUMNS: readonly Column[] = [
  { title: "ROUTE" },
  { title: "STATE" },
  { title: "VALUE", shrinks: true },
];

type Action = (call: ServerCall) => Promise<number>;
const ACTIONS: Readonly<Record<string, { readonly run: Action; readonly operands: number }>> = {
  list: { run: list, operands: 0 },
  put: { run: put, operands: 2 },
  remove: { run: remove, operands: 1 },
};

/** `skerry route list|put|remove`. */
export const routeVerb = serverVerb({
  name: "route",
  summary: "Lists, adds and removes rows of a server's route table.",
  usage: `skerry route list [OPTIONS]
       skerry route put METHOD:/PATH JSON [OPTIONS]
       skerry route remove METHOD:/PATH [OPTIONS]`,
  notes: `JSON may be @FILE or - for standard input, e.g.
  skerry route put GET:/api/hello '{"runtime":"wasm","module":"/srv/hello.wasm"}'`,
  operands: ["An action: list, put or remove"],
  more: 2,
  async run(call) {
    const [action = "", ...operands] = call.operands;
    if (!Object.hasOwn(ACTIONS, action)) {
      return call.misused(`There is no action "${action}" of routes`);
    }
    const { run, operands: count } = ACTIONS[action]!;
    if (operands.length < count) {
      return call.misused(operands.length === 0 ? "METHOD:/PATH is missing" : "JSON is missing");
    }
    if (operands.length > count) return call.misused(`Unexpected argument "${operands[count]}"`);
    return await run({ ...call, operands });
  },
});

async function list({ client, args, context, terminal, fail }: ServerCall): Promise<number> {
  const listed = await client.json<{ routes: RouteRow[] }>("routes");
  if (!listed.ok) return fail(listed.error);
  const { routes } = listed.value;
  if (args.switches.json) context.print(JSON.stringify(listed.value));
  else if (routes.length === 0) context.printError("The route table is empty");
  else {
    context.print(table(COLUMNS, routes.map(routeCells), terminal).join("\n"));
    for (const row of routes) sayError(row, context.printError);
  }
  return 0;
}

function routeCells({ key, state, value }: RouteRow): Cell[] {
  return [key, { text: state, tone: STATE_TONES[state] }, value];
}

function sayError({ key, error }: RouteRow, printError: (line: string) => void): void {
  if (error !== undefined) printError(`${key}: ${error.message}`);
}

async function put(call: ServerCall): Promise<number> {
  const { operands: [key, given], client, args, context, fail } = call;
  const value = await readData(given!);
  if (!value.ok) return fail({ code: "unreadable_file", message: value.error });
  const done = await client.json<RouteRow>(routePath(key!), {
    method: "PUT",
    contentType: "application/json",
    body: value.value,
  });
  if (!done.ok) return fail(done.error);
  if (args.switches.json) context.print(JSON.stringify(done.value));
  else context.print(`${done.value.key} is ${done.value.state}`);
  sayError(done.value, context.printError);
  return done.value.state === "broken" ? 1 : 0;
}

async function remove({ operands: [key], client, args, context, fail }: ServerCall) {
  const done = await client.json(routePath(key!), { method: "DELETE" });
  if (!done.ok) return fail(done.error);
  context.print(args.switches.json ? JSON.stringify({ key, removed: true }) : `Removed ${key}`);
  return 0;
}

function routePath(key: string): string {
  return `routes/${encodeURIComponent(key)}`;
}
