import { assertEquals } from "@std/assert";
import { readTraceSettings, type TraceSettings } from "./trace_settings.ts";

function read(variables: Readonly<Record<string, string | undefined>>, collector?: string) {
  return readTraceSettings(collector, (name) => variables[name]);
}

function settings(variables: Record<string, string>, collector?: string): TraceSettings {
  const result = read(variables, collector);
  if (!result.ok || result.value === undefined) throw new Error(JSON.stringify(result));
  return result.value;
}

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

Deno.test("Nothing is traced unless someone says where to", () => {
  for (
    const variables of [
      {},
      { [ENDPOINT]: "" },
      { [ENDPOINT]: "http://a", OTEL_SDK_DISABLED: "true" },
      { [ENDPOINT]: "http://a", OTEL_TRACES_EXPORTER: "none" },
    ]
  ) assertEquals(read(variables), { ok: true, value: undefined });
});

Deno.test("The option beats the variables, and the one for traces that for everything", () => {
  const variables = { [ENDPOINT]: "http://all/base/", [TRACES_ENDPOINT]: "http://traces/as/is" };
  assertEquals(settings({ [ENDPOINT]: "http://all/base/" }).url, "http://all/base/v1/traces");
  assertEquals(settings(variables).url, "http://traces/as/is");
  assertEquals(settings(variables, "https://mine:4318").url, "https://mine:4318/v1/traces");
});

Deno.test("Samplers are read by their standard names", () => {
  const sampler = (name: string, argument = "") => {
    const variables = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
    return settings(variables, "http://a").sampler;
  };
  assertEquals(settings({}, "http://a").sampler, { ratio: 1, isParentBased: true });
  assertEquals(sampler("always_off"), { ratio: 0, isParentBased: false });
  assertEquals(sampler("traceidratio", "0.25"), { ratio: 0.25, isParentBased: false });
  assertEquals(sampler("parentbased_traceidratio", "0.5"), { ratio: 0.5, isParentBased: true });
});

Deno.test("What cannot be read is said by name", () => {
  const error = (variables: Record<string, string>, collector?: string) => {
    const result = read(variables, collector);
    return result.ok ? undefined : result.error;
  };
  const wrongUrl = "--otlp must be a URL like http://localhost:4318";
  for (const url of ["localhost:4318", "ftp://a", "http://", ""]) {
    assertEquals(error({}, url), wrongUrl);
  }
  assertEquals(
    error({ OTEL_TRACES_SAMPLER: "jaeger_remote" }, "http://a"),
    'OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio, with or without parentbased_ before it, found "jaeger_remote"',
  );
  assertEquals(
    error({ OTEL_TRACES_SAMPLER_ARG: "2" }, "http://a"),
    'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, found "2"',
  );
  assertEquals(
    error({ OTEL_BSP_MAX_QUEUE_SIZE: "0" }, "http://a"),
    'OTEL_BSP_MAX_QUEUE_SIZE must be a whole number from 1 to 9999999, found "0"',
  );
});
