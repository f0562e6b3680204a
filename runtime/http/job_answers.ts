import type { JobResult } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import { readOutput } from "./abi/read_output.ts";
import type { KvNamespaces, LogAnswer, RequestLog } from "./app_options.ts";
import type { FunctionCall } from "./function_call.ts";
import { functionResponse, serverTiming } from "./function_response.ts";
import type { NewResponse } from "../platform/platform.ts";
import { outcomeError } from "./outcome_problem.ts";
import type { Refusals } from "./refusals.ts";

/** What {@linkcode JobAnswers} works with. */
export interface JobAnswersOptions {
  readonly kv: KvNamespaces;
  readonly statsHeaders: boolean;
  readonly log: LogAnswer;
  readonly refusals: Refusals;
  readonly newResponse: NewResponse;
}

type Ran = Extract<JobResult, { kind: "ran" }>;

/** nginx's status for a client that left; only the log ever sees it. */
const CLIENT_GONE = 499;

/** Turns the results of jobs into responses, and logs each. */
export class JobAnswers {
  readonly #options: JobAnswersOptions;

  constructor(options: JobAnswersOptions) {
    this.#options = options;
  }

  /** Answers a call with its job's result, which took `runMs`. */
  answer(call: FunctionCall, result: JobResult, runMs: number): Response {
    return result.kind === "ran"
      ? this.#answerRan(call, result, runMs)
      : this.#answerOverloaded(call, result.retryAfterSeconds);
  }

  #answerRan(call: FunctionCall, ran: Ran, runMs: number): Response {
    const { config } = call.version;
    const error = outcomeError(call.match.fn.route, ran.result, config.limits);
    if (error !== undefined) return this.#answerFailed(call, ran, { error, runMs });
    const output = readOutput(config, ran.result.stdout, this.#options.kv);
    if (!output.ok) return this.#answerFailed(call, ran, { error: output.error, runMs });
    const stats = this.#options.statsHeaders
      ? { fuel: ran.result.fuel, path: ran.path }
      : undefined;
    const isHead = call.method === "HEAD";
    const facts = { requestId: call.requestId, isHead, runMs, stats };
    const response = functionResponse(output.value, facts, this.#options.newResponse);
    this.#logRun(call, ran, output.value.status, runMs);
    return response;
  }

  #answerFailed(
    call: FunctionCall,
    ran: Ran,
    { error, runMs }: { readonly error: SkerryError; readonly runMs: number },
  ): Response {
    if (ran.result.outcome.kind === "cancelled" && call.peer.hasLeft()) {
      this.#logRun(call, ran, CLIENT_GONE, runMs);
      return new Response(null, { status: CLIENT_GONE });
    }
    return this.#options.refusals.refuse(call, error, {
      route: call.match.fn.route,
      headers: this.#runHeaders(ran, runMs),
      log: runFacts(ran, runMs),
    });
  }

  #answerOverloaded(call: FunctionCall, retryAfterSeconds: number): Response {
    const { route } = call.match.fn;
    const error = overloadedError(route);
    const headers = { "retry-after": String(retryAfterSeconds) };
    return this.#options.refusals.refuse(call, error, { route, headers });
  }

  #runHeaders(ran: Ran, runMs: number): Record<string, string> {
    const timing = { "server-timing": serverTiming(runMs) };
    if (!this.#options.statsHeaders) return timing;
    return { ...timing, "x-skerry-fuel": String(ran.result.fuel), "x-skerry-path": ran.path };
  }

  /** Written out member by member: it happens for every request, and spreading costs as much as the rest. */
  #logRun(call: FunctionCall, ran: Ran, status: number, runMs: number): void {
    const { requestId, method, path } = call;
    const { route } = call.match.fn;
    const { path: runPath, waitedMs, result } = ran;
    const { fuel } = result;
    const stderr = stderrOf(ran);
    this.#options.log({
      requestId,
      method,
      path,
      status,
      route,
      runMs,
      runPath,
      waitedMs,
      fuel,
      stderr,
    }, call.request);
  }
}

/** A function's run had to be refused. */
export function overloadedError(route: string): SkerryError {
  return skerryError("overloaded", `Cannot run ${route}: the queue is full`);
}

/** What of a run belongs into the log. */
export function runFacts(ran: Ran, runMs: number): Partial<RequestLog> {
  const { path: runPath, waitedMs, result } = ran;
  return { runMs, runPath, waitedMs, fuel: result.fuel, stderr: stderrOf(ran) };
}

function stderrOf(ran: Ran): Uint8Array | undefined {
  const { stderr } = ran.result;
  return stderr.length === 0 ? undefined : stderr;
}
