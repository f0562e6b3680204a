/** Traces by OpenTelemetry's own libraries. Imported only where traces are asked for: loading them takes 0.1 s or more. */
import { type Context, diag, DiagLogLevel, ROOT_CONTEXT } from "@opentelemetry/api";
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions";
import { beginJobSpan, beginSpan } from "./request_span.ts";
import type { SamplerSettings, TraceSettings } from "./trace_settings.ts";
import type { Tracing } from "./tracing.ts";

/** What besides the settings traces need. */
export interface TracingOptions {
  /** Skerry's version. */
  readonly version: string;
  /** Told why spans are lost, at most once a minute. */
  readonly onProblem: (message: string) => void;
}

const PROBLEM_INTERVAL_MS = 60_000;
/** A collector that has not answered by then will not. */
const EXPORT_TIMEOUT_MS = 10_000;
/** What clients send is kept in part, so that a span has a bound. */
const MAX_VALUE_CHARACTERS = 1024;
const PROPAGATOR = new W3CTraceContextPropagator();
const FROM_HEADERS = {
  get: (headers: Headers, name: string) => headers.get(name) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
};

/** Starts tracing. Spans wait in a bounded queue and are sent in batches; what does not fit is dropped, and nobody waits. */
export function startTracing(settings: TraceSettings, options: TracingOptions): Tracing {
  reportProblems(settings.url, options.onProblem);
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url: settings.url }),
    maxQueueSize: settings.queueLength,
    maxExportBatchSize: settings.batchLength,
    scheduledDelayMillis: settings.delayMs,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceOf(options.version),
    sampler: samplerOf(settings.sampler),
    spanLimits: { attributeValueLengthLimit: MAX_VALUE_CHARACTERS },
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("skerry", options.version);
  return {
    begin: (request) => beginSpan(tracer, PROPAGATOR, contextOf(request.headers), request),
    beginJob: (headers) => beginJobSpan(tracer, PROPAGATOR, contextOf(headers)),
    async stop(timeoutMs) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      // What could not be sent was reported when it was tried.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

function contextOf(headers: Headers): Context {
  return PROPAGATOR.extract(ROOT_CONTEXT, headers, FROM_HEADERS);
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` come last, and so first. */
function resourceOf(version: string) {
  return defaultResource()
    .merge(resourceFromAttributes({
      [ATTR_SERVICE_NAME]: "skerry",
      [ATTR_SERVICE_VERSION]: version,
    }))
    .merge(detectResources({ detectors: [envDetector] }));
}

function samplerOf({ ratio, isParentBased }: SamplerSettings): Sampler {
  const root = ratio === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

/** The library tells of failures in one place for the whole process. */
function reportProblems(url: string, onProblem: (message: string) => void): void {
  let quietUntilMs = 0;
  const report = (reason: string) => {
    const nowMs = performance.now();
    if (nowMs < quietUntilMs) return;
    quietUntilMs = nowMs + PROBLEM_INTERVAL_MS;
    // Neither user and password nor a query that may be a key.
    onProblem(`Cannot send traces to ${new URL(url).origin}: ${reason}`);
  };
  setGlobalErrorHandler((thrown) => report(reasonOf(thrown)));
  diag.setLogger({
    error: report,
    warn: report,
    info: () => {},
    debug: () => {},
    verbose: () => {},
  }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

function reasonOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  const { message, code, errors } = thrown as {
    message?: string;
    code?: string | number;
    errors?: unknown[];
  };
  if (!message && errors?.length) return reasonOf(errors[0]);
  return message || (code === undefined ? String(thrown) : `status ${code}`);
}
