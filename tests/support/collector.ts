/** A collector of traces: takes OTLP as JSON over HTTP and keeps the spans. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { eventually } from "./eventually.ts";

/** A span as it arrived; attributes as plain values. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly durationMs: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A running collector. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Requests so far, with their paths and headers. */
  readonly requests: readonly IncomingMessage[];
  /** Resolves once there are so many spans. */
  received(count: number): Promise<readonly ReceivedSpan[]>;
}

/** Starts a collector. @param answer What it does instead of taking the spans and saying so */
export async function startCollector(
  answer?: (response: ServerResponse) => void,
): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer(async (request, response) => {
    requests.push(request);
    let text = "";
    for await (const piece of request) text += piece;
    if (answer !== undefined) return answer(response);
    spans.push(...readSpans(JSON.parse(text)));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests,
    async received(count) {
      await eventually(() => Promise.resolve(spans.length), (length) => length >= count);
      return spans;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

// deno-lint-ignore no-explicit-any
type Json = any;

/** opentelemetry-proto, trace/v1/trace.proto, in its JSON encoding. */
function readSpans({ resourceSpans }: Json): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }: Json) =>
    scopeSpans.flatMap(({ spans }: Json) =>
      spans.map((span: Json): ReceivedSpan => {
        const { traceId, spanId, parentSpanId, traceState, name, kind, status } = span;
        const durationNs = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
        return {
          ...{ traceId, spanId, parentSpanId, traceState, name, kind },
          durationMs: Number(durationNs) / 1e6,
          statusCode: status.code,
          attributes: readAttributes(span.attributes),
          events: span.events.map((event: Json) => {
            return { name: event.name, attributes: readAttributes(event.attributes) };
          }),
          resource: readAttributes(resource.attributes),
        };
      })
    )
  );
}

function readAttributes(attributes: Json[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}
