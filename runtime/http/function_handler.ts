import type { Dispatcher } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import type { FunctionVersion, RouteMatch } from "../functions/served_function.ts";
import type { Peer } from "../platform/platform.ts";
import type { Result } from "../result.ts";
import { allowHeader, isAllowed } from "./allowed_methods.ts";
import type { FunctionDirectory, KvNamespaces, LogAnswer, RequestLimits } from "./app_options.ts";
import type { Clock } from "../clock.ts";
import {
  type FunctionCall,
  functionCall,
  type IncomingRequest,
  isModuleCall,
  isStaticCall,
  type ModuleCall,
  type NativeCall,
  type StaticCall,
} from "./function_call.ts";
import { functionJob } from "./function_job.ts";
import type { JobAnswers } from "./job_answers.ts";
import type { NativeAnswers } from "./native_answers.ts";
import type { PublicFiles } from "./public/public_files.ts";
import type { Refusals } from "./refusals.ts";
import { hasBody, NO_BODY, readBody } from "./request_body.ts";
import type { RequestIds } from "./request_id.ts";
import { pathFault, pathOf, withoutDotSegments } from "./request_path.ts";
import { staticResponse } from "./static_response.ts";

/** What {@linkcode FunctionHandler} works with. */
export interface FunctionHandlerOptions {
  readonly functions: FunctionDirectory;
  readonly dispatcher: Dispatcher;
  readonly kv: KvNamespaces;
  readonly publicFiles: PublicFiles | undefined;
  readonly limits: RequestLimits;
  readonly version: string;
  readonly log: LogAnswer;
  readonly clock: Clock;
  readonly requestIds: RequestIds;
  readonly refusals: Refusals;
  readonly answers: JobAnswers;
  readonly nativeAnswers: NativeAnswers;
}

/**
 * Answers requests for functions and public files. The hot path of the whole server: a request without a body for a
 * loaded function at a static path, run inline, is answered without a promise.
 */
export class FunctionHandler {
  readonly #options: FunctionHandlerOptions;

  constructor(options: FunctionHandlerOptions) {
    this.#options = options;
  }

  /** Answers one request. Never throws or rejects: what should not happen is an `internal_error`. */
  handle(request: Request, peer: Peer): Response | Promise<Response> {
    const { method } = request;
    const url = withoutDotSegments(request.url);
    const requestId = this.#options.requestIds.of(request);
    const incoming = { request, method, url, path: pathOf(url), peer, requestId };
    try {
      const response = this.#route(incoming);
      if (!(response instanceof Promise)) return response;
      return response.catch((cause) => this.#fail(incoming, cause));
    } catch (cause) {
      return this.#fail(incoming, cause);
    }
  }

  /** Static function, then public file, then dynamic function (formats.md 2). */
  #route(incoming: IncomingRequest): Response | Promise<Response> {
    const { url, path } = incoming;
    const { functions, publicFiles, refusals } = this.#options;
    const fault = pathFault(url, path);
    if (fault !== undefined) {
      return refusals.refuse(incoming, skerryError("bad_request", `Cannot read the URL: ${fault}`));
    }
    const match = functions.matchStatic(path, incoming.method);
    if (match !== undefined) return this.#load(incoming, match);
    const file = publicFiles?.answer(incoming);
    return file === undefined ? this.#routeDynamic(incoming) : this.#afterFile(incoming, file);
  }

  async #afterFile(
    incoming: IncomingRequest,
    file: Promise<Response | undefined>,
  ): Promise<Response> {
    const response = await file;
    if (response === undefined) return await this.#routeDynamic(incoming);
    const { request, requestId, method, path } = incoming;
    this.#options.log({ requestId, method, path, status: response.status }, request);
    return response;
  }

  #routeDynamic(incoming: IncomingRequest): Response | Promise<Response> {
    const { functions } = this.#options;
    const match = functions.matchDynamic(incoming.path, incoming.method);
    if (match !== undefined) return this.#load(incoming, match);
    const due = functions.changesDue?.();
    return due === undefined ? this.#notFound(incoming) : this.#afterChanges(incoming, due);
  }

  /** A file that was dropped just now may be meant. */
  async #afterChanges(incoming: IncomingRequest, due: Promise<void>): Promise<Response> {
    await due;
    const { path, method } = incoming;
    const { functions } = this.#options;
    const match = functions.matchStatic(path, method) ?? functions.matchDynamic(path, method);
    return match === undefined ? this.#notFound(incoming) : await this.#load(incoming, match);
  }

  #notFound(incoming: IncomingRequest): Response {
    const message = `Cannot find a function or file at ${incoming.path}`;
    return this.#options.refusals.refuse(incoming, skerryError("function_not_found", message));
  }

  #load(incoming: IncomingRequest, match: RouteMatch): Response | Promise<Response> {
    const { active } = match.fn;
    if (active !== undefined) return this.#admit(functionCall(incoming, match, active));
    return match.fn.load().then((loaded) => this.#afterLoad(incoming, match, loaded));
  }

  #afterLoad(
    incoming: IncomingRequest,
    match: RouteMatch,
    loaded: Result<FunctionVersion, SkerryError>,
  ): Response | Promise<Response> {
    if (loaded.ok) return this.#admit(functionCall(incoming, match, loaded.value));
    return this.#options.refusals.refuse(incoming, loaded.error, { route: match.fn.route });
  }

  #admit(call: FunctionCall): Response | Promise<Response> {
    const { methods } = call.version.config;
    if (!isAllowed(call.method, methods)) return this.#refuseMethod(call, methods ?? []);
    if (isStaticCall(call)) return this.#answerStatic(call);
    const runCall = call as ModuleCall | NativeCall;
    return hasBody(call.method, call.request)
      ? this.#runWithBody(runCall)
      : this.#run(runCall, NO_BODY);
  }

  #answerStatic(call: StaticCall): Response {
    const response = staticResponse(call);
    const { request, requestId, method, path } = call;
    const { route } = call.match.fn;
    this.#options.log({ requestId, method, path, status: response.status, route }, request);
    return response;
  }

  #refuseMethod(call: FunctionCall, methods: readonly string[]): Response {
    const { request, method, path, requestId } = call;
    const { route } = call.match.fn;
    const allow = allowHeader(methods);
    if (method !== "OPTIONS") {
      const error = skerryError("method_not_allowed", `Cannot ${method} ${route}: use ${allow}`);
      return this.#options.refusals.refuse(call, error, { route, headers: { allow } });
    }
    this.#options.log({ requestId, method, path, status: 204, route }, request);
    return new Response(null, { status: 204, headers: { allow, "x-request-id": requestId } });
  }

  async #runWithBody(call: ModuleCall | NativeCall): Promise<Response> {
    const { limits, clock, refusals } = this.#options;
    const body = await readBody(call.request, limits, clock);
    if (body.ok) return await this.#run(call, body.value);
    // The rest of the body stays unread, so the connection cannot carry another request.
    const headers = { connection: "close" };
    return refusals.refuse(call, body.error, { route: call.match.fn.route, headers });
  }

  #run(call: ModuleCall | NativeCall, body: Uint8Array): Response | Promise<Response> {
    if (!isModuleCall(call)) return this.#options.nativeAnswers.answer(call as NativeCall, body);
    const { clock, dispatcher, answers } = this.#options;
    const job = functionJob(call, body, this.#options);
    const startMs = clock.monotonicMs();
    const result = dispatcher.run(job);
    if (!(result instanceof Promise)) {
      return answers.answer(call, result, clock.monotonicMs() - startMs);
    }
    return result.then((settled) => answers.answer(call, settled, clock.monotonicMs() - startMs));
  }

  #fail(incoming: IncomingRequest, cause: unknown): Response {
    const error = skerryError(
      "internal_error",
      `Cannot answer: see request ${incoming.requestId} in the log`,
    );
    return this.#options.refusals.refuse(incoming, error, { log: { cause } });
  }
}
