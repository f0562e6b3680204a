import { type SkerryError, skerryError } from "../../errors.ts";
import { DEFAULT_REQUEST_LIMITS, type RequestLimits, type RequestLog } from "../app_options.ts";
import { failureBody, invocationBody } from "../invoke/invocation_body.ts";
import type { Invoker } from "../invoke/invoker.ts";
import { statusOf } from "../problem.ts";
import type { RequestIds } from "../request_id.ts";
import { parseJobLine } from "./job_line.ts";

/** What {@linkcode JobRunner} works with. */
export interface JobRunnerOptions {
  readonly invoker: Pick<Invoker, "invoke">;
  readonly limits?: Partial<RequestLimits>;
  readonly requestIds: RequestIds;
  readonly log: (entry: RequestLog) => void;
  readonly isReady: () => boolean;
}

const ENCODER = new TextEncoder();
/** What the function sees as the request: it has no headers. */
const REQUEST = new Request("http://localhost/invoke", { method: "POST" });
const ORIGIN = "http://localhost";
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
    const { fn, payload, handler } = job.value;
    const body = ENCODER.encode(payload);
    const fault = this.#fault(fn, body);
    if (fault !== undefined) return failureLine(fault);
    const { invoker, requestIds, log } = this.#options;
    const requestId = requestIds.of(REQUEST);
    const peer = { remoteAddress: () => LOOPBACK, hasLeft };
    const entry = { requestId, method: "POST", path: "/invoke" };
    try {
      const call = { fn, handler, body, request: REQUEST, origin: ORIGIN, query: "" };
      const result = await invoker.invoke({ ...call, peer, requestId });
      const error = result.answer.ok ? undefined : result.answer.error;
      const status = error === undefined ? 200 : statusOf(error.code);
      log({ ...entry, status, error, ...result.log });
      return JSON.stringify(invocationBody(result.answer));
    } catch (cause) {
      const message = `Cannot answer: see request ${requestId} in the log`;
      const error = skerryError("internal_error", message);
      log({ ...entry, status: 500, error, cause });
      return failureLine(error);
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

/** A failure as the line that answers a job. */
export function failureLine(error: SkerryError): string {
  return JSON.stringify(failureBody(error));
}
