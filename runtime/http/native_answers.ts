import type { NativeRun, RunNative } from "../functions/native_function.ts";
import type { NewResponse } from "../platform/platform.ts";
import { JsonInput } from "./abi/json_input.ts";
import { readOutput } from "./abi/read_output.ts";
import type { KvNamespaces, LogAnswer, RequestLog } from "./app_options.ts";
import type { Clock } from "../clock.ts";
import type { NativeCall } from "./function_call.ts";
import { functionResponse, serverTiming, statsHeaders } from "./function_response.ts";
import type { Refusals } from "./refusals.ts";

/** What {@linkcode NativeAnswers} works with. */
export interface NativeAnswersOptions {
  readonly run: RunNative;
  readonly kv: KvNamespaces;
  readonly statsHeaders: boolean;
  readonly log: LogAnswer;
  readonly refusals: Refusals;
  readonly newResponse: NewResponse;
  readonly clock: Clock;
}

const STATS = { path: "native" } as const;
const RETRY_AFTER_S = "1";

/** Answers requests with what a library's function prints, and logs each. */
export class NativeAnswers {
  readonly #options: NativeAnswersOptions;

  constructor(options: NativeAnswersOptions) {
    this.#options = options;
  }

  /** Calls the function with a file that holds the body; with the JSON ABI, the request as one object. */
  async answer(call: NativeCall, body: Uint8Array): Promise<Response> {
    const { run, clock } = this.#options;
    const { target } = call.version;
    const startMs = clock.monotonicMs();
    const input = nativeInput(call, body, this.#options.kv);
    const result = await run(target, input, call.match.fn.route);
    return this.#respond(call, result, clock.monotonicMs() - startMs);
  }

  #respond(call: NativeCall, run: NativeRun, runMs: number): Response {
    const output = run.error === undefined
      ? readOutput(call.version.config, run.stdout, this.#options.kv)
      : { ok: false, error: run.error } as const;
    const { requestId, method, path } = call;
    const { route } = call.match.fn;
    const facts = nativeFacts(run, runMs);
    if (!output.ok) {
      const headers = this.#headers(output.error.code === "overloaded", runMs);
      return this.#options.refusals.refuse(call, output.error, { route, headers, log: facts });
    }
    const stats = this.#options.statsHeaders ? STATS : undefined;
    const isHead = method === "HEAD";
    const { value } = output;
    const entry = { requestId, method, path, status: value.status, route, ...facts };
    this.#options.log(entry, call.request);
    return functionResponse(value, { requestId, isHead, runMs, stats }, this.#options.newResponse);
  }

  #headers(isOverloaded: boolean, runMs: number): Record<string, string> {
    return {
      "server-timing": serverTiming(runMs),
      ...isOverloaded ? { "retry-after": RETRY_AFTER_S } : {},
      ...this.#options.statsHeaders ? statsHeaders(STATS) : {},
    };
  }
}

/** What of a call belongs into the log. */
export function nativeFacts({ stderr, reason }: NativeRun, runMs: number): Partial<RequestLog> {
  const said = stderr.length === 0 ? undefined : stderr;
  return { runMs, runPath: STATS.path, stderr: said, reason };
}

/** What a library's function finds in its file: the body, or with the JSON ABI the request as one object. */
export function nativeInput(call: NativeCall, body: Uint8Array, kv: KvNamespaces): Uint8Array {
  const { abi, env, kvNamespace } = call.version.config;
  if (abi !== "json") return body;
  const pairs = kvNamespace === undefined ? {} : kv.get(kvNamespace);
  return new JsonInput(call, body, { env, kv: pairs }).stdin;
}
