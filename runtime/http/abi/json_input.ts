import { Buffer } from "node:buffer";
import type { JobInput } from "../../dispatch/job.ts";
import type { StringBlock } from "../../wasi/run_io.ts";
import type { FunctionRequest } from "./function_request.ts";
import { textOfHeader } from "./header_text.ts";
import { encodeStrings } from "../../wasi/string_block.ts";

const ENCODER = new TextEncoder();
const STRICT_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a JSON function sees besides the request. */
export interface JsonInputOptions {
  /** The function's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The pairs of its key-value namespace. */
  readonly kv: Readonly<Record<string, string>>;
}

/**
 * A request as wasm-workers-server hands it over: one JSON object on standard input, and only the function's own
 * variables in the environment.
 */
export class JsonInput implements JobInput {
  readonly #path: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array;

  constructor(call: FunctionRequest, body: Uint8Array, options: JsonInputOptions) {
    this.#path = call.path;
    this.#env = options.env;
    this.stdin = ENCODER.encode(JSON.stringify(jsonRequest(call, body, options.kv)));
  }

  args(): StringBlock {
    return encodeStrings([this.#path]);
  }

  environ(): StringBlock {
    return encodeStrings(Object.entries(this.#env).map(([name, value]) => `${name}=${value}`));
  }
}

function jsonRequest(
  call: FunctionRequest,
  body: Uint8Array,
  kv: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const headers = Array.from(call.request.headers, ([name, value]) => [name, textOfHeader(value)]);
  return {
    url: call.url,
    method: call.method,
    headers: Object.fromEntries(headers),
    ...jsonBody(body),
    kv,
    params: call.match.params,
  };
}

/** A body that is not UTF-8 is base64, and says so. */
function jsonBody(body: Uint8Array): { body: string; base64?: true } {
  try {
    return { body: STRICT_DECODER.decode(body) };
  } catch {
    return { body: Buffer.from(body).toString("base64"), base64: true };
  }
}
