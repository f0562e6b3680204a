import type { SkerryError } from "../errors.ts";
import type { LogAnswer, RequestLog } from "./app_options.ts";
import type { IncomingRequest } from "./function_call.ts";
import { problemResponse } from "./problem.ts";

/** What goes with a refusal. */
export interface RefusalOptions {
  /** The function's route, once one was found. */
  readonly route?: string;
  /** Further response headers; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the log entry. */
  readonly log?: Partial<RequestLog>;
}

/** Answers requests with problems, and logs each. */
export class Refusals {
  readonly #log: LogAnswer;

  constructor(log: LogAnswer) {
    this.#log = log;
  }

  /** Answers a request with an error. */
  refuse(incoming: IncomingRequest, error: SkerryError, options: RefusalOptions = {}): Response {
    const { requestId, method, path } = incoming;
    const { route, headers } = options;
    const omitBody = method === "HEAD";
    const response = problemResponse(error, { requestId, route, headers, omitBody });
    const { status } = response;
    this.#log({ requestId, method, path, status, route, error, ...options.log }, incoming.request);
    return response;
  }
}
