import { serverVerb } from "../server_verb.ts";
import { functionPath } from "./function_json.ts";

/** `skerry remove NAME…`. */
export const removeVerb = serverVerb({
  name: "remove",
  summary: "Removes deployed functions and all their versions.",
  usage: "skerry remove NAME... [OPTIONS]",
  operands: ["NAME"],
  more: Infinity,
  async run({ operands, client, args, context, fail }) {
    let code = 0;
    for (const name of operands) {
      const removed = await client.json(functionPath(name), { method: "DELETE" });
      if (!removed.ok) code = fail(removed.error);
      else if (args.switches.json) context.print(JSON.stringify({ name, removed: true }));
      else context.print(`Removed ${name}`);
    }
    return code;
  },
});
