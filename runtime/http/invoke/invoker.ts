import { Buffer } from "node:buffer";
import type { Dispatcher, JobResult, RunTarget } from "../../dispatch/job.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import type { Deployments } from "../../functions/deployments.ts";
import { type RunNative, runNoLibrary } from "../../functions/native_function.ts";
import { encodeSegment } from "../../functions/route_pattern.ts";
import type {
  FunctionVersion,
  ModuleVersion,
  RouteMatch,
} from "../../functions/served_function.ts";
import { chooseHandler } from "../../isolate/handler_choice.ts";
import type { Peer } from "../../platform/platform.ts";
import { err, ok, type Result } from "../../result.ts";
import { readOutput } from "../abi/read_output.ts";
import { isAllowed } from "../allowed_methods.ts";
import type { FunctionDirectory, KvNamespaces, RequestLog } from "../app_options.ts";
import type { Clock } from "../../clock.ts";
import { functionCall, isModuleCall, type ModuleCall, type NativeCall } from "../function_call.ts";
import { functionJob } from "../function_job.ts";
import { overloadedError, runFacts } from "../job_answers.ts";
import { nativeFacts, nativeInput } from "../native_answers.ts";
import { outcomeError } from "../outcome_problem.ts";

/** What {@linkcode Invoker} works with. */
export interface InvokerOptions {
  readonly functions: Pick<FunctionDirectory, "matchStatic" | "matchDynamic">;
  readonly deployments?: Pick<Deployments, "find">;
  readonly dispatcher: Dispatcher;
  readonly runNative?: RunNative;
  readonly kv: KvNamespaces;
  readonly version: string;
  readonly clock: Clock;
}

/** A call of a function by its name. */
export interface Invocation {
  /** A deployed function's name or id, or a path such as `greet/me`. */
  readonly fn: string;
  /** The export to call. @default the function's own */
  readonly handler?: string;
  /** What the function reads as its body. */
  readonly body: Uint8Array;
  /** The request that asks for it: the function sees its headers. */
  readonly request: Request;
  /** The URL the function sees is below this, e.g. `http://localhost:8080`. */
  readonly origin: string;
  /** The query the function sees, without `?`. */
  readonly query: string;
  readonly peer: Peer;
  readonly requestId: string;
}

/** How a call went. */
export interface InvocationResult {
  readonly answer: Result<InvocationOutput, SkerryError>;
  /** What of it belongs into the log. */
  readonly log: Partial<RequestLog>;
  /** Seconds after which to try again, if the server had no room. */
  readonly retryAfterSeconds?: number;
}

/** What a function answered. */
export interface InvocationOutput {
  /** The body as text, or in base64. */
  readonly output: string;
  readonly isBase64: boolean;
  /** The status the function gave; 200 if it gave none. */
  readonly status: number;
}

/** The methods a call by name stands for: functions that answer only GET can be called, too. */
const METHODS = ["POST", "GET"];
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Calls functions by their names, as `/invoke` does. */
export class Invoker {
  readonly #options: InvokerOptions;
  /** The targets of other exports, so that each keeps its warm instance. */
  readonly #variants = new WeakMap<RunTarget, Map<string, RunTarget>>();

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Runs a function and reads its output. Rejects only if Skerry itself fails. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const path = this.#pathOf(invocation.fn);
    const found = await this.#find(path, invocation.fn);
    if (!found.ok) return { answer: found, log: {} };
    const { match, method, version } = found.value;
    const { route } = match.fn;
    const chosen = this.#withHandler(version, invocation);
    if (!chosen.ok) return { answer: chosen, log: { route } };
    const { request, origin, query, peer, requestId } = invocation;
    const url = origin + path + (query === "" ? "" : `?${query}`);
    const incoming = { request, method, url, path, peer, requestId };
    if (chosen.value.kind === "static") {
      return { answer: ok(outputOf(200, chosen.value.body)), log: { route } };
    }
    const call = functionCall(incoming, match, chosen.value);
    if (isModuleCall(call)) return await this.#run(call, invocation.body);
    return await this.#runNative(call as NativeCall, invocation.body);
  }

  /** The raw path at which a function is served. */
  #pathOf(fn: string): string {
    const deployed = this.#options.deployments?.find(fn);
    const path = deployed?.route ?? (fn.startsWith("/") ? fn : `/${fn}`);
    return path.split("/").map(encodeSegment).join("/");
  }

  async #find(path: string, fn: string): Promise<
    Result<
      { readonly match: RouteMatch; readonly method: string; readonly version: FunctionVersion },
      SkerryError
    >
  > {
    const { functions } = this.#options;
    let refusing: RouteMatch | undefined;
    for (const method of METHODS) {
      const match = functions.matchStatic(path, method) ?? functions.matchDynamic(path, method);
      if (match === undefined) continue;
      const version = await match.fn.load();
      if (!version.ok) return version;
      const { methods } = version.value.config;
      if (isAllowed(method, methods)) return ok({ match, method, version: version.value });
      refusing = match;
    }
    if (refusing === undefined) return err(notFound(fn));
    const message = `Cannot invoke ${refusing.fn.route}: it answers neither POST nor GET`;
    return err(skerryError("method_not_allowed", message));
  }

  #withHandler(
    version: FunctionVersion,
    { fn, handler }: Invocation,
  ): Result<FunctionVersion, SkerryError> {
    if (handler === undefined) return ok(version);
    if (version.kind !== "module" || version.target.program !== undefined) {
      return err(badHandler(`Cannot invoke ${fn}: only modules have handlers to choose from`));
    }
    const { target } = version;
    if (handler === target.handler) return ok(version);
    const chosen = chooseHandler(target.prepared.info, handler, fn);
    if (!chosen.ok) return err(badHandler(chosen.error.message));
    return ok({ ...version, target: this.#variantOf(version, handler) });
  }

  #variantOf({ target }: ModuleVersion, handler: string): RunTarget {
    const variants = this.#variants.get(target) ?? new Map<string, RunTarget>();
    this.#variants.set(target, variants);
    const variant = variants.get(handler) ?? { ...target, handler, inlineScore: 0 };
    variants.set(handler, variant);
    return variant;
  }

  async #run(call: ModuleCall, body: Uint8Array): Promise<InvocationResult> {
    const { dispatcher, clock } = this.#options;
    const startMs = clock.monotonicMs();
    const result = await dispatcher.run(functionJob(call, body, this.#options));
    const { route } = call.match.fn;
    if (result.kind === "overloaded") {
      const { retryAfterSeconds } = result;
      return { answer: err(overloadedError(route)), log: { route }, retryAfterSeconds };
    }
    const log = { route, ...runFacts(result, clock.monotonicMs() - startMs) };
    return { answer: this.#answer(call, result), log };
  }

  async #runNative(call: NativeCall, body: Uint8Array): Promise<InvocationResult> {
    const { kv, clock, runNative = runNoLibrary } = this.#options;
    const { target, config } = call.version;
    const { route } = call.match.fn;
    const startMs = clock.monotonicMs();
    const run = await runNative(target, nativeInput(call, body, kv), route);
    const { error, stdout } = run;
    const log = { route, ...nativeFacts(run, clock.monotonicMs() - startMs) };
    if (error !== undefined) return { answer: err(error), log };
    const output = readOutput(config, stdout, kv);
    return {
      answer: output.ok ? ok(outputOf(output.value.status, output.value.body)) : output,
      log,
    };
  }

  #answer(
    call: ModuleCall,
    { result }: Extract<JobResult, { kind: "ran" }>,
  ): Result<InvocationOutput, SkerryError> {
    const { config } = call.version;
    const failure = outcomeError(call.match.fn.route, result, config.limits);
    if (failure !== undefined) return err(failure);
    const output = readOutput(config, result.stdout, this.#options.kv);
    return output.ok ? ok(outputOf(output.value.status, output.value.body)) : output;
  }
}

function outputOf(status: number, body: Uint8Array): InvocationOutput {
  try {
    return { output: DECODER.decode(body), isBase64: false, status };
  } catch {
    return { output: Buffer.from(body).toString("base64"), isBase64: true, status };
  }
}

function notFound(fn: string): SkerryError {
  const shown = JSON.stringify(fn.length > 80 ? `${fn.slice(0, 80)}…` : fn);
  return skerryError("function_not_found", `Cannot find a function ${shown}`);
}

function badHandler(message: string): SkerryError {
  return skerryError("bad_request", message);
}
