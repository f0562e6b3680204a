import { Buffer } from "node:buffer";
import { ok } from "../../runtime/result.ts";
import type { Option } from "../arguments.ts";
import { noAnswer, readProblem } from "../management_client.ts";
import { printable } from "../printable.ts";
import { type ServerCall, serverVerb } from "../server_verb.ts";
import { readData, writeStdout } from "../standard_streams.ts";
import { readRequest, REQUEST_OPTIONS } from "./request_arguments.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  ...REQUEST_OPTIONS,
  handler: { value: "H", help: "call this exported function, through /invoke" },
  include: { help: "print status and headers, too", letter: "i" },
};

/** `skerry invoke NAME`. */
export const invokeVerb = serverVerb({
  name: "invoke",
  summary: "Calls a function of a Skerry server over HTTP and prints what it answers.",
  usage: "skerry invoke NAME [OPTIONS]",
  options: OPTIONS,
  notes:
    `NAME is a deployed function's, or any path that a function answers. The answer's body goes to standard
output as it is; what Skerry says about a failed function, to standard error.

Exit code: 0 for an answer below status 400, 1 otherwise; 2 for a wrong command line.`,
  operands: ["NAME"],
  async run(call) {
    const { args, misused } = call;
    if (args.values.handler === undefined) return await callOverHttp(call);
    const others = ["path", "method"].find((name) => args.values[name] !== undefined);
    const other = others ?? (args.lists.header?.length ? "header" : undefined);
    if (other === undefined) return await callHandler(call);
    return misused(`Option --${other} cannot go with --handler`);
  },
});

/** An answer of the mini-FaaS API. */
type InvokeJson =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly code?: string };

async function callHandler(call: ServerCall): Promise<number> {
  const { operands: [name], args, client, context, fail, misused } = call;
  const body = args.values.data === undefined ? ok("") : await readData(args.values.data);
  if (!body.ok) return misused(body.error);
  const answered = await client.jsonAt<InvokeJson>("/invoke", {
    method: "POST",
    query: { fn: name, handler: args.values.handler },
    body: body.value,
  });
  if (!answered.ok) return fail(answered.error);
  if (args.switches.json) context.print(JSON.stringify(answered.value));
  else if (answered.value.ok) await writeStdout(answered.value.output);
  else context.printError(answered.value.error);
  return answered.value.ok ? 0 : 1;
}

async function callOverHttp(call: ServerCall): Promise<number> {
  const { operands: [name], args, client, fail, misused } = call;
  const request = await readRequest(client.url, name!, args);
  if (!request.ok) return misused(request.error);
  const { url, ...init } = request.value;
  try {
    // The management token is not the function's to see.
    return await show(call, await fetch(url, { ...init, redirect: "manual" }));
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "EPIPE") throw thrown;
    return fail(noAnswer(client.url, thrown));
  }
}

async function show({ args, context }: ServerCall, response: Response): Promise<number> {
  const isFailure = response.status >= 400;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (args.switches.json) {
    context.print(JSON.stringify(answerJson(response, bytes)));
    return isFailure ? 1 : 0;
  }
  if (args.switches.include) context.print(headText(response));
  const problem = isProblem(response) ? readProblem(new TextDecoder().decode(bytes)) : undefined;
  if (problem !== undefined && !args.switches.include) {
    context.printError(`${problem.message} (${problem.code}, request ${problem.requestId})`);
  } else await writeStdout(bytes);
  return isFailure ? 1 : 0;
}

function isProblem({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("application/problem+json") ?? false;
}

function headText({ status, headers }: Response): string {
  const lines = [...headers].map(([name, value]) => printable(`${name}: ${value}`));
  return [`HTTP ${status}`, ...lines, ""].join("\n");
}

function answerJson({ status, headers }: Response, bytes: Uint8Array) {
  let body: { body: string } | { body_base64: string };
  try {
    body = { body: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    body = { body_base64: Buffer.from(bytes).toString("base64") };
  }
  return { status, headers: Object.fromEntries(headers), ...body };
}
