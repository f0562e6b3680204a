import { serverVerb } from "../server_verb.ts";
import { type FunctionDetailsJson, functionPath } from "./function_json.ts";

/** `skerry rollback NAME [VERSION]`. */
export const rollbackVerb = serverVerb({
  name: "rollback",
  summary: "Lets an earlier version of a deployed function serve again.",
  usage: "skerry rollback NAME [VERSION] [OPTIONS]",
  notes:
    `VERSION is an id that skerry inspect shows; by default it is the version that served before the
present one. Later versions stay: rolling back to one of them rolls forward.`,
  operands: ["NAME"],
  more: 1,
  async run({ operands: [name, version], client, args, context, fail }) {
    const done = await client.json<FunctionDetailsJson>(`${functionPath(name!)}/rollback`, {
      method: "POST",
      contentType: "application/json",
      body: JSON.stringify({ version }),
    });
    if (!done.ok) return fail(done.error);
    if (args.switches.json) context.print(JSON.stringify(done.value));
    else context.print(`${name} is served by ${done.value.id}`);
    return 0;
  },
});
