import {
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_TRANSPORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from "@opentelemetry/semantic-conventions";
import type { RequestSpan, SpanReport, TracedRequest } from "./tracing.ts";

/** Of the conventions for functions, which are not stable yet. */
const FAAS = { trigger: "faas.trigger", name: "faas.name", invocation: "faas.invocation_id" };
const JOB = "invoke";
/** Others are `_OTHER`, so that no client makes up names for spans. */
const METHODS = /^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE)$/;
const INTO_HEADERS = {
  set: (headers: Headers, name: string, value: string) => headers.set(name, value),
};

/** Begins a server span by the conventions for HTTP and for functions. */
export function beginSpan(
  tracer: Tracer,
  propagator: TextMapPropagator,
  parent: Context,
  request: TracedRequest,
): RequestSpan {
  const isKnown = METHODS.test(request.method);
  const span = tracer.startSpan(isKnown ? request.method : "HTTP", {
    kind: SpanKind.SERVER,
    attributes: startAttributes(request, isKnown),
  }, parent);
  return new OpenSpan(span, propagator, parent, {
    verb: isKnown ? request.method : "HTTP",
    statusAttributes: ({ status, route }) => ({
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
      [ATTR_HTTP_ROUTE]: route,
    }),
  });
}

/** Begins the span of a job: no HTTP is spoken there, so only the conventions for functions apply. */
export function beginJobSpan(
  tracer: Tracer,
  propagator: TextMapPropagator,
  parent: Context,
): RequestSpan {
  const attributes = { [FAAS.trigger]: "other", [ATTR_NETWORK_TRANSPORT]: "unix" };
  const span = tracer.startSpan(JOB, { kind: SpanKind.SERVER, attributes }, parent);
  return new OpenSpan(span, propagator, parent, { verb: JOB, statusAttributes: () => ({}) });
}

function startAttributes({ method, url, headers, clientAddress }: TracedRequest, isKnown: boolean) {
  const { protocol, hostname, port, pathname } = new URL(url);
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: isKnown ? method : "_OTHER",
    [ATTR_URL_SCHEME]: protocol.slice(0, -1),
    [ATTR_URL_PATH]: pathname,
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_CLIENT_ADDRESS]: clientAddress,
    [FAAS.trigger]: "http",
  };
  if (!isKnown) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = method;
  if (port !== "") attributes[ATTR_SERVER_PORT] = Number(port);
  const agent = headers.get("user-agent");
  if (agent !== null) attributes[ATTR_USER_AGENT_ORIGINAL] = agent;
  return attributes;
}

/** What the spans of requests and of jobs say differently. */
interface SpanWords {
  /** Begins the span's name; the route follows. */
  readonly verb: string;
  readonly statusAttributes: (report: SpanReport) => Attributes;
}

class OpenSpan implements RequestSpan {
  readonly #span: Span;
  readonly #propagator: TextMapPropagator;
  readonly #parent: Context;
  readonly #words: SpanWords;
  #isEnded = false;

  constructor(span: Span, propagator: TextMapPropagator, parent: Context, words: SpanWords) {
    this.#span = span;
    this.#propagator = propagator;
    this.#parent = parent;
    this.#words = words;
  }

  get traceresponse(): string {
    return traceParentOf(this.#span.spanContext());
  }

  inject(headers: Headers): void {
    // A state without a parent that can be read belongs to no trace.
    headers.delete("tracestate");
    this.#propagator.inject(trace.setSpan(this.#parent, this.#span), headers, INTO_HEADERS);
  }

  end(report: SpanReport): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#span.isRecording()) this.#describe(report);
    this.#span.end();
  }

  #describe(report: SpanReport): void {
    const span = this.#span;
    const { status, route, error } = report;
    if (route !== undefined) span.updateName(`${this.#words.verb} ${route}`);
    span.setAttributes({ ...this.#words.statusAttributes(report), ...endAttributes(report) });
    if (status >= 500) {
      span.setAttribute(ATTR_ERROR_TYPE, error?.code ?? String(status));
      span.setStatus({ code: SpanStatusCode.ERROR, message: error?.message });
    }
    const { runMs, waitedMs } = report;
    if (runMs === undefined || waitedMs === undefined) return;
    const leftQueueMs = Date.now() - runMs + waitedMs;
    span.addEvent("skerry.left_queue", { "skerry.queue_wait_ms": waitedMs }, leftQueueMs);
  }
}

function endAttributes({ route, requestId, runPath, fuel }: SpanReport): Attributes {
  return {
    [FAAS.name]: route,
    [FAAS.invocation]: requestId,
    "skerry.path": runPath,
    "skerry.fuel": fuel,
  };
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function traceParentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
