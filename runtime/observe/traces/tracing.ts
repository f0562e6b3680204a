import type { RunReport } from "../function_log_entry.ts";

/** Makes the spans of requests and jobs. */
export interface Tracing {
  /** Begins the span of a request, as a child of the span that the request names. Never throws. */
  begin(request: TracedRequest): RequestSpan;
  /** Begins the span of a job that came over a socket, as a child of the span that these headers name. Never throws. */
  beginJob(headers: Headers): RequestSpan;
  /** Sends what is left, for at most `timeoutMs`. Never rejects. */
  stop(timeoutMs: number): Promise<void>;
}

/** What a span is told of its request at the beginning. */
export interface TracedRequest {
  readonly method: string;
  /** Absolute; its query is not kept, since it may hold secrets. */
  readonly url: string;
  readonly headers: Headers;
  readonly clientAddress: string;
}

/** The span of one request or job, from its arrival to its answer. */
export interface RequestSpan {
  /** Puts the span's own `traceparent` and `tracestate` where those of the caller stood. */
  inject(headers: Headers): void;
  /** The span as the response tells it. */
  readonly traceresponse: string;
  /** Ends the span with what became of the request; later calls change nothing. */
  end(report: SpanReport): void;
}

/** What a span is told at the end. */
export type SpanReport =
  & Pick<RunReport, "status">
  & Partial<
    Pick<RunReport, "requestId" | "route" | "runMs" | "runPath" | "waitedMs" | "fuel" | "error">
  >;
