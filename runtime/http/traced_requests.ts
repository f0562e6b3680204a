import type { RequestSpan, SpanReport, Tracing } from "../observe/traces/tracing.ts";
import type { Peer } from "../platform/platform.ts";

/** Answers a request. Never throws or rejects. */
export type AnswerRequest = (request: Request, peer: Peer) => Response | Promise<Response>;

/**
 * Gives requests a span each. The function sees the span in its `traceparent`, and the client in `traceresponse`
 * (https://www.w3.org/TR/trace-context-2/#traceresponse-header).
 */
export class TracedRequests {
  readonly #tracing: Tracing;
  /** By the request as it is handed on. */
  readonly #spans = new WeakMap<Request, RequestSpan>();

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  /** Has a request answered within a span. */
  handle(request: Request, peer: Peer, answer: AnswerRequest): Response | Promise<Response> {
    const { method, url } = request;
    const headers = new Headers(request.headers);
    const clientAddress = peer.remoteAddress();
    const span = this.#tracing.begin({ method, url, headers, clientAddress });
    span.inject(headers);
    const traced = new Request(request, { headers });
    this.#spans.set(traced, span);
    const response = answer(traced, peer);
    if (!(response instanceof Promise)) return finish(span, response);
    return response.then((settled) => finish(span, settled));
  }

  /** Ends the span of a request with what the log was told of it. */
  end(request: Request, report: SpanReport): void {
    this.#spans.get(request)?.end(report);
  }
}

/** What was refused before the log was told has an answer all the same. */
function finish(span: RequestSpan, response: Response): Response {
  response.headers.set("traceresponse", span.traceresponse);
  span.end({ status: response.status });
  return response;
}
