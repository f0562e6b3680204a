import { Buffer } from "node:buffer";
import type { Option, ParsedArguments } from "../arguments.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import { noAnswer, readProblem } from "../management_client.ts";
import { printable } from "../printable.ts";
import { type ServerCall, serverVerb } from "../server_verb.ts";
import { readData, writeStdout } from "../standard_streams.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  data: { value: "BODY", help: "send this; @FILE sends a file, - standard input", letter: "d" },
  header: { value: "K:V", help: "send this header", letter: "H", isRepeated: true },
  method: { value: "M", help: "default: GET, with --data POST", letter: "X" },
  path: { value: "REST", help: "what follows the name in the URL, e.g. /users/7?full=1" },
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
  const { operands: [name], args, client, context, fail } = call;
  const body = await bodyOf(args);
  if (!body.ok) return fail({ code: "unreadable_file", message: body.error });
  const answered = await client.jsonAt<InvokeJson>("/invoke", {
    method: "POST",
    query: { fn: name, handler: args.values.handler },
    body: body.value ?? "",
  });
  if (!answered.ok) return fail(answered.error);
  if (args.switches.json) context.print(JSON.stringify(answered.value));
  else if (answered.value.ok) await writeStdout(answered.value.output);
  else context.printError(answered.value.error);
  return answered.value.ok ? 0 : 1;
}

async function callOverHttp(call: ServerCall): Promise<number> {
  const { args, client, fail, misused } = call;
  const body = await bodyOf(args);
  if (!body.ok) return fail({ code: "unreadable_file", message: body.error });
  const headers = readHeaders(args.lists.header ?? []);
  if (!headers.ok) return misused(headers.error);
  const target = targetOf(call);
  const method = args.values.method ?? (body.value === undefined ? "GET" : "POST");
  try {
    // The management token is not the function's to see.
    const init = { method, headers: headers.value, body: body.value };
    return await show(call, await fetch(target, { ...init, redirect: "manual" }));
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "EPIPE") throw thrown;
    return fail(noAnswer(client.url, thrown));
  }
}

async function bodyOf(
  { values: { data } }: ParsedArguments,
): Promise<Result<Uint8Array<ArrayBuffer> | undefined, string>> {
  return data === undefined ? ok(undefined) : await readData(data);
}

function targetOf({ operands: [name], args, client }: ServerCall): string {
  const rest = args.values.path ?? "";
  const separator = rest === "" || /^[/?]/.test(rest) ? "" : "/";
  return `${client.url}/${name!.replace(/^\//, "")}${separator}${rest}`;
}

/** Reads `K:V` options. The error is a sentence. */
export function readHeaders(given: readonly string[]): Result<Headers, string> {
  const headers = new Headers();
  for (const text of given) {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(text) ?? [];
    try {
      headers.append(name, value);
    } catch {
      // No name is none, either.
      return err(`Option --header needs K:V, found "${text}"`);
    }
  }
  return ok(headers);
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
