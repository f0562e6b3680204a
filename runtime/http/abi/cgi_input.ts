import type { JobInput } from "../../dispatch/job.ts";
import type { StringBlock } from "../../wasi/run_io.ts";
import { queryOf } from "../request_path.ts";
import { cgiEnviron, type CgiEnvironOptions } from "./cgi_environ.ts";
import type { FunctionRequest } from "./function_request.ts";
import { encodeStrings } from "../../wasi/string_block.ts";

type CgiInputOptions = Omit<CgiEnvironOptions, "bodyBytes">;

/**
 * A request as a CGI program sees it: metadata in the environment, the body on standard input. Nothing is computed
 * before the module asks for it; many never do.
 */
export class CgiInput implements JobInput {
  readonly #call: FunctionRequest;
  readonly #options: CgiInputOptions;
  readonly stdin: Uint8Array;

  constructor(
    call: FunctionRequest,
    body: Uint8Array,
    options: CgiInputOptions,
  ) {
    this.#call = call;
    this.#options = options;
    this.stdin = body;
  }

  args(): StringBlock {
    return encodeStrings(cgiArguments(this.#call.path, queryOf(this.#call.url)));
  }

  environ(): StringBlock {
    const environ = cgiEnviron(this.#call, { ...this.#options, bodyBytes: this.stdin.length });
    return encodeStrings(Array.from(environ, ([name, value]) => `${name}=${value}`));
  }
}

/** The path, then each `&`-separated part of the query, decoded as a form's; a part that is not UTF-8 stays raw. */
export function cgiArguments(path: string, query: string): string[] {
  return query === "" ? [path] : [path, ...query.split("&").map(decodeFormPart)];
}

function decodeFormPart(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    return part;
  }
}
