import { type SkerryError, skerryError } from "../../errors.ts";
import type { Peer } from "../../platform/platform.ts";
import { err } from "../../result.ts";
import type { Tracing } from "../../observe/traces/tracing.ts";
import { DEFAULT_REQUEST_LIMITS, type RequestLimits, type RequestLog } from "../app_options.ts";
import { failureBody, invocationBody } from "../invoke/invocation_body.ts";
import type { InvocationResult, Invoker } from "../invoke/invoker.ts";
import { statusOf } from "../problem.ts";
import type { RequestIds } from "../request_id.ts";
import { type JobRequest, parseJobLine } from "./job_line.ts";

/** What {@linkcode JobRunner} works with. */
export interface JobRunnerOptions {
  readonly invoker: Pick<Invoker, "invoke">;
  readonly limits?: Partial<RequestLimits>;
  readonly requestIds: RequestIds;
  /** Makes the spans of jobs. @default none are made */
  readonly tracing?: Tracing;
  readonly log: (entry: RequestLog) => void;
  readonly isReady: () => boolean;
}

const ENCODER = new TextEncoder();
const ORIGIN = "http://localhost";
/** What the function sees as the request, unless the job names a span: it has no headers. */
const REQUEST = new Request(`${ORIGIN}/invoke`, { method: "POST" });
const TRACE_MEMBERS = ["traceparent", "tracestate"] as const;
/** What a header may hold of them, and no more than anybody needs. */
const HEADER_VALUE = /^[\x20-\x7e]{1,1024}$/;
const LOOPBACK = "127.0.0.1";
/** Few payloads need more in JSON. */
const LINE_BYTES_PER_PAYLOAD_BYTE = 2;
const LINE_OVERHEAD_BYTES = 64 * 1024;

/** Runs jobs that come as JSON lines, within the limits of a request. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #payloadBytes: number;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#payloadBytes = options.limits?.requestBytes ?? DEFAULT_REQUEST_LIMITS.requestBytes;
  }

  /** The longest line that is read. */
  get maxLineBytes(): number {
    return this.#payloadBytes * LINE_BYTES_PER_PAYLOAD_BYTE + LINE_OVERHEAD_BYTES;
  }

  /**
   * Runs the job of one line and resolves to the line that answers it. Never rejects.
   *
   * @param hasLeft Whether whoever asked has gone, so that nobody needs the answer.
   */
  async answer(line: string, hasLeft: () => boolean): Promise<string> {
    const job = parseJobLine(line);
    if (!job.ok) return failureLine(job.error);
    const headers = traceHeaders(job.value);
    const span = this.#options.tracing?.beginJob(headers);
    span?.inject(headers);
    const body = ENCODER.encode(job.value.payload);
    const fault = this.#fault(job.value.fn, body);
    if (fault !== undefined) {
      span?.end({ status: statusOf(fault.code), error: fault });
      return failureLine(fault);
    }
    const request = headers.has("traceparent")
      ? new Request(REQUEST.url, { method: REQUEST.method, headers })
      : REQUEST;
    const peer = { remoteAddress: () => LOOPBACK, hasLeft };
    const { answer, entry } = await this.#run(job.value, body, request, peer);
    span?.end(entry);
    this.#options.log(entry);
    return JSON.stringify(invocationBody(answer));
  }

  async #run({ fn, handler }: JobRequest, body: Uint8Array, request: Request, peer: Peer): Promise<
    { readonly answer: InvocationResult["answer"]; readonly entry: RequestLog }
  > {
    const { invoker, requestIds } = this.#options;
    const requestId = requestIds.of(request);
    const entry = { requestId, method: "POST", path: "/invoke" };
    try {
      const call = { fn, handler, body, request, origin: ORIGIN, query: "" };
      const { answer, log } = await invoker.invoke({ ...call, peer, requestId });
      const error = answer.ok ? undefined : answer.error;
      const status = error === undefined ? 200 : statusOf(error.code);
      return { answer, entry: { ...entry, status, error, ...log } };
    } catch (cause) {
      const message = `Cannot answer: see request ${requestId} in the log`;
      const error = skerryError("internal_error", message);
      return { answer: err(error), entry: { ...entry, status: 500, error, cause } };
    }
  }

  #fault(fn: string, body: Uint8Array): SkerryError | undefined {
    if (!this.#options.isReady()) {
      return skerryError("shutting_down", `Cannot run ${fn}: the server is stopping`);
    }
    if (body.length <= this.#payloadBytes) return undefined;
    const message =
      `Cannot run ${fn}: the payload has ${body.length} bytes, the limit is ${this.#payloadBytes}`;
    return skerryError("request_too_large", message);
  }
}

/** What the function sees as the request's headers. What cannot be a header's value names no span, as over HTTP. */
function traceHeaders(job: JobRequest): Headers {
  const headers = new Headers();
  for (const name of TRACE_MEMBERS) {
    const value = job[name];
    if (value !== undefined && HEADER_VALUE.test(value)) headers.set(name, value);
  }
  return headers;
}

/** A failure as the line that answers a job. */
export function failureLine(error: SkerryError): string {
  return JSON.stringify(failureBody(error));
}
