import { err, ok, type Result } from "../../result.ts";

/** How spans are sampled and where they go. */
export interface TraceSettings {
  /** Where a collector takes traces by OTLP over HTTP, e.g. `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly sampler: SamplerSettings;
  /** Spans that wait to be sent; further ones are dropped. @default 2048 */
  readonly queueLength: number;
  /** Spans sent at once. @default 512 */
  readonly batchLength: number;
  /** How long spans wait for others to be sent with, milliseconds. @default 5000 */
  readonly delayMs: number;
}

/** Which requests get a span that is sent. */
export interface SamplerSettings {
  /** The part of all traces, 0 to 1. */
  readonly ratio: number;
  /** Whether the caller's decision, if there is one, comes first. */
  readonly isParentBased: boolean;
}

const TRACES_PATH = "v1/traces";

/**
 * Reads where traces go: the option, else OpenTelemetry's own variables. Headers, timeouts, compression and certificates
 * (`OTEL_EXPORTER_OTLP_HEADERS` and the like) are read by the exporter.
 *
 * @param collector The collector's address, e.g. `http://localhost:4318`
 * @returns Undefined if nothing is to be traced; a sentence if something cannot be read
 *
 * @example
 * ```ts
 * import { readTraceSettings } from "./trace_settings.ts";
 *
 * const settings = readTraceSettings("http://localhost:4318", () => undefined);
 * if (settings.ok) console.log(settings.value?.url); // http://localhost:4318/v1/traces
 * ```
 */
export function readTraceSettings(
  collector: string | undefined,
  environment: (name: string) => string | undefined,
): Result<TraceSettings | undefined, string> {
  const variable = (name: string) => environment(name)?.trim() || undefined;
  if (collector === undefined && isOff(variable)) return ok(undefined);
  const url = collector === undefined ? urlOf(variable) : tracesUrl("--otlp", collector);
  if (!url.ok) return url;
  if (url.value === undefined) return ok(undefined);
  const sampler = readSampler(variable("OTEL_TRACES_SAMPLER"), variable("OTEL_TRACES_SAMPLER_ARG"));
  if (!sampler.ok) return sampler;
  const queueLength = readNumber("OTEL_BSP_MAX_QUEUE_SIZE", variable, 2048);
  if (!queueLength.ok) return queueLength;
  const batchLength = readNumber("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", variable, 512);
  if (!batchLength.ok) return batchLength;
  const delayMs = readNumber("OTEL_BSP_SCHEDULE_DELAY", variable, 5000);
  if (!delayMs.ok) return delayMs;
  return ok({
    url: url.value,
    sampler: sampler.value,
    queueLength: queueLength.value,
    batchLength: Math.min(batchLength.value, queueLength.value),
    delayMs: delayMs.value,
  });
}

type Variable = (name: string) => string | undefined;

function isOff(variable: Variable): boolean {
  return variable("OTEL_SDK_DISABLED")?.toLowerCase() === "true" ||
    variable("OTEL_TRACES_EXPORTER") === "none";
}

function urlOf(variable: Variable): Result<string | undefined, string> {
  const traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  const endpoint = variable(traces);
  if (endpoint !== undefined) return readUrl(traces, endpoint);
  const all = "OTEL_EXPORTER_OTLP_ENDPOINT";
  const base = variable(all);
  return base === undefined ? ok(undefined) : tracesUrl(all, base);
}

function tracesUrl(name: string, base: string): Result<string, string> {
  return readUrl(name, `${base.replace(/\/+$/, "")}/${TRACES_PATH}`, base);
}

/** The value may hold a password, so it is not repeated. */
function readUrl(name: string, text: string, shown = text): Result<string, string> {
  const isUrl = /^https?:\/\/[^/?#]/.test(shown) && URL.canParse(text);
  return isUrl ? ok(text) : err(`${name} must be a URL like http://localhost:4318`);
}

const ROOTS: Readonly<Record<string, (ratio: number) => number>> = {
  always_on: () => 1,
  always_off: () => 0,
  traceidratio: (ratio) => ratio,
};
const PARENT_BASED = "parentbased_";

function readSampler(
  name = "parentbased_always_on",
  argument = "1",
): Result<SamplerSettings, string> {
  const isParentBased = name.startsWith(PARENT_BASED);
  const root = isParentBased ? name.slice(PARENT_BASED.length) : name;
  const ratio = Number(argument);
  if (!Object.hasOwn(ROOTS, root)) {
    const known = Object.keys(ROOTS).join(", ");
    return err(
      `OTEL_TRACES_SAMPLER must be one of ${known}, with or without ${PARENT_BASED} before it, found "${name}"`,
    );
  }
  if (!(ratio >= 0 && ratio <= 1)) {
    return err(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, found "${argument}"`);
  }
  return ok({ ratio: ROOTS[root]!(ratio), isParentBased });
}

function readNumber(name: string, variable: Variable, standard: number): Result<number, string> {
  const text = variable(name) ?? String(standard);
  if (/^[1-9]\d{0,6}$/.test(text)) return ok(Number(text));
  return err(`${name} must be a whole number from 1 to 9999999, found "${text}"`);
}
