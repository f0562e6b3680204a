import { err, ok, type Result } from "../../runtime/result.ts";
import type { Option, ParsedArguments } from "../arguments.ts";
import { readData } from "../standard_streams.ts";

/** Options of verbs that send requests to a function. */
export const REQUEST_OPTIONS: Readonly<Record<string, Option>> = {
  data: { value: "BODY", help: "send this; @FILE sends a file, - standard input", letter: "d" },
  header: { value: "K:V", help: "send this header", letter: "H", isRepeated: true },
  method: { value: "M", help: "default: GET, with --data POST", letter: "X" },
  path: { value: "REST", help: "what follows the name in the URL, e.g. /users/7?full=1" },
};

/** A request to a function. */
export interface FunctionRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

const METHOD = /^[A-Z]+$/;

/** Reads them. The error is a sentence. */
export async function readRequest(
  serverUrl: string,
  name: string,
  args: ParsedArguments,
): Promise<Result<FunctionRequest, string>> {
  const headers = readHeaders(args.lists.header ?? []);
  if (!headers.ok) return headers;
  const { data } = args.values;
  const body = data === undefined ? ok(undefined) : await readData(data);
  if (!body.ok) return body;
  const method = args.values.method?.toUpperCase() ?? (data === undefined ? "GET" : "POST");
  if (!METHOD.test(method)) return err(`Option --method needs a method's name, found "${method}"`);
  if (data !== undefined && (method === "GET" || method === "HEAD")) {
    return err(`A ${method} request has no body; leave --data or --method out`);
  }
  const url = functionUrl(serverUrl, name, args.values.path ?? "");
  return ok({ url, method, headers: headers.value, body: body.value });
}

function functionUrl(serverUrl: string, name: string, rest: string): URL {
  const separator = rest === "" || /^[/?]/.test(rest) ? "" : "/";
  return new URL(`${serverUrl}/${name.replace(/^\//, "")}${separator}${rest}`);
}

function readHeaders(given: readonly string[]): Result<Headers, string> {
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
