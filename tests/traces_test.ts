/** Traces, as a collector receives them from real servers. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { GUESTS, printer } from "./guests/guests.ts";
import { startCollector } from "./support/collector.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { DENO_SOURCE, type Runtime, type ServerProcess, startServer } from "./support/server.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const SOON = { OTEL_BSP_SCHEDULE_DELAY: "20" };

async function functions() {
  return await temporaryFolder({
    "fine.wasm": await printer("fine\n")(),
    "broken.wasm": await GUESTS.unreachable(),
    "environment.wasm": await GUESTS.dumpEnvironment(),
    "echo.wasm": await GUESTS.echoStdin(),
  });
}

interface Options {
  readonly runtime?: Runtime;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
}

function startTraced(folder: string, url: string, options: Options = {}): Promise<ServerProcess> {
  const { runtime = DENO_SOURCE, env = {}, args = [] } = options;
  return startServer(folder, { runtime, args: ["--otlp", url, ...args], env: { ...SOON, ...env } });
}

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { response, text: await response.text() };
}

/** The trace's id, the span's id and the flags. */
function partsOf(traceParent: string | null): [string, string, string] {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceParent ?? "");
  if (match === null) throw new Error(`No trace parent: ${traceParent}`);
  return [match[1]!, match[2]!, match[3]!];
}

function seenByFunction(text: string, name: string): string | undefined {
  return new RegExp(`^env: ${name}=(.*)$`, "m").exec(text)?.[1];
}

async function checkChain(runtime: Runtime): Promise<void> {
  await using folder = await functions();
  await using collector = await startCollector();
  await using server = await startTraced(folder.path, collector.url, { runtime });
  const { response, text } = await get(`${server.url}/environment?key=hidden`, {
    traceparent: `00-${TRACE}-${CALLER}-01`,
    tracestate: "vendor=value",
    "x-request-id": "mine",
  });
  const [traceId, spanId, flags] = partsOf(response.headers.get("traceresponse"));
  assertEquals([traceId, flags], [TRACE, "01"]);
  assertNotEquals(spanId, CALLER);
  assertEquals(seenByFunction(text, "HTTP_TRACEPARENT"), `00-${TRACE}-${spanId}-01`);
  assertEquals(seenByFunction(text, "HTTP_TRACESTATE"), "vendor=value");
  const posted = await fetch(`${server.url}/echo`, { method: "POST", body: "a body" });
  assertEquals(await posted.text(), "a body");
  const spans = await collector.received(2);
  const span = spans.find(({ name }) => name === "GET /environment")!;
  assertEquals([span.traceId, span.spanId, span.parentSpanId], [TRACE, spanId, CALLER]);
  assertEquals([span.traceState, span.kind, span.statusCode], ["vendor=value", 2, 0]);
  const { "skerry.fuel": fuel, "user_agent.original": _, ...attributes } = span.attributes;
  assert(Number(fuel) > 0);
  assert(span.durationMs > 0);
  assertEquals(attributes, {
    "http.request.method": "GET",
    "http.response.status_code": 200,
    "http.route": "/environment",
    "url.scheme": "http",
    "url.path": "/environment",
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(server.url).port),
    "client.address": "127.0.0.1",
    "faas.trigger": "http",
    "faas.name": "/environment",
    "faas.invocation_id": "mine",
    "skerry.path": "inline",
  });
  assertEquals(span.resource["service.name"], "skerry");
  assert(spans.some(({ name, parentSpanId }) => name === "POST /echo" && !parentSpanId));
  assertEquals(collector.requests[0]!.url, "/v1/traces");
}

Deno.test("A request is a span of its caller's trace, and the function sees that span", async () => {
  await checkChain(DENO_SOURCE);
});

Deno.test("Traces are the same from the bundle, on every runtime", async (t) => {
  await using bundles = await temporaryFolder();
  const [, ...bundled] = await allRuntimes(await buildBundle(bundles.path));
  for (const runtime of bundled) {
    await t.step(runtime.name, async () => {
      await checkChain(runtime);
      await checkJobs(runtime);
    });
  }
});

Deno.test("A failure, a wait for a worker and a call by name are told in the span", async () => {
  await using folder = await functions();
  await using collector = await startCollector();
  const args = ["--no-fast-path"];
  await using server = await startTraced(folder.path, collector.url, { args });
  await get(`${server.url}/broken`);
  await (await fetch(`${server.url}/invoke?fn=fine`, { method: "POST" })).text();
  await get(`${server.url}/nothing`);
  await get(`${server.url}/_/stats`);
  const spans = await collector.received(3);
  const [broken, invoked, nothing] = spans;
  assertEquals([broken!.name, broken!.statusCode], ["GET /broken", 2]);
  assertEquals(broken!.attributes["error.type"], "function_trapped");
  const [event] = broken!.events;
  assertEquals(event!.name, "skerry.left_queue");
  assert(Number(event!.attributes["skerry.queue_wait_ms"]) >= 0);
  assertEquals(invoked!.name, "POST /fine");
  // What the client did wrong is no error of the server's.
  assertEquals([nothing!.name, nothing!.statusCode], ["GET", 0]);
  assertEquals(nothing!.attributes["http.response.status_code"], 404);
  assertEquals(spans.length, 3);
});

/** Sends jobs over a socket, and resolves to what the functions answered. */
async function runJobs(path: string, jobs: readonly Record<string, unknown>[]): Promise<string[]> {
  using connection = await Deno.connect({ transport: "unix", path });
  const lines = jobs.map((job) => `${JSON.stringify({ type: "invoke", ...job })}\n`);
  const bytes = new TextEncoder().encode(lines.join(""));
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  await connection.closeWrite();
  const text = await new Response(connection.readable).text();
  return text.trimEnd().split("\n").map((line) => {
    const { output, code } = JSON.parse(line);
    return output ?? code;
  });
}

async function checkJobs(runtime: Runtime): Promise<void> {
  await using folder = await functions();
  await using collector = await startCollector();
  const path = `${folder.path}/jobs.socket`;
  const options = { runtime, args: ["--jobs-unix", path, "--max-body-mb", "1"] };
  await using _server = await startTraced(folder.path, collector.url, options);
  const parent = { traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: "vendor=value" };
  const [text, fine, ...codes] = await runJobs(path, [
    { fn: "environment", ...parent },
    { fn: "fine", traceparent: "no\nheader", tracestate: "vendor=value" },
    { fn: "broken" },
    { fn: "nothing" },
    { fn: "echo", payload: "x".repeat(1024 * 1024 + 1) },
  ]);
  assertEquals(fine, "fine\n");
  assertEquals(codes, ["function_trapped", "function_not_found", "request_too_large"]);
  const spans = await collector.received(5);
  const [first, second, broken, nothing, large] = spans;
  assertEquals([first!.traceId, first!.parentSpanId], [TRACE, CALLER]);
  assertEquals([first!.traceState, first!.kind, first!.statusCode], ["vendor=value", 2, 0]);
  assertEquals(seenByFunction(text!, "HTTP_TRACEPARENT"), `00-${TRACE}-${first!.spanId}-01`);
  assertEquals(seenByFunction(text!, "HTTP_TRACESTATE"), "vendor=value");
  const { "skerry.fuel": fuel, "faas.invocation_id": id, ...attributes } = first!.attributes;
  assert(Number(fuel) > 0);
  assertMatch(String(id), /./);
  assertEquals(attributes, {
    "network.transport": "unix",
    "faas.trigger": "other",
    "faas.name": "/environment",
    "skerry.path": "inline",
  });
  assertNotEquals(second!.traceId, TRACE);
  assertEquals([second!.parentSpanId, second!.traceState].filter(Boolean), []);
  const names = spans.map(({ name, statusCode }) => [name, statusCode]);
  assertEquals(names, [
    ["invoke /environment", 0],
    ["invoke /fine", 0],
    ["invoke /broken", 2],
    ["invoke", 0],
    ["invoke", 0],
  ]);
  assertEquals(broken!.attributes["error.type"], "function_trapped");
  assertEquals([nothing, large].map((span) => span!.attributes["error.type"]), [
    undefined,
    undefined,
  ]);
}

Deno.test("A job over a socket is a span of the trace that it names", async () => {
  await checkJobs(DENO_SOURCE);
});

Deno.test("What the caller decided not to sample is not sent, but goes on with new ids", async () => {
  await using folder = await functions();
  await using collector = await startCollector();
  await using server = await startTraced(folder.path, collector.url);
  const unsampled = { traceparent: `00-${TRACE}-${CALLER}-00` };
  const { response, text } = await get(`${server.url}/environment`, unsampled);
  const [traceId, spanId, flags] = partsOf(response.headers.get("traceresponse"));
  assertEquals([traceId, flags], [TRACE, "00"]);
  assertNotEquals(spanId, CALLER);
  assertEquals(seenByFunction(text, "HTTP_TRACEPARENT"), `00-${TRACE}-${spanId}-00`);
  await get(`${server.url}/fine`);
  const [only, ...others] = await collector.received(1);
  assertEquals([only!.name, others], ["GET /fine", []]);
});

Deno.test("A parent that cannot be read begins a new trace, without the old one's state", async () => {
  await using folder = await functions();
  await using collector = await startCollector();
  await using server = await startTraced(folder.path, collector.url);
  const wrong = [
    "nonsense",
    `00-${"0".repeat(32)}-${CALLER}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `ff-${TRACE}-${CALLER}-01`,
    `00-${TRACE}-${CALLER}-01, 00-${TRACE}-${CALLER}-01`,
    `00-${TRACE.toUpperCase()}-${CALLER}-01`,
  ];
  for (const traceparent of wrong) {
    const headers = { traceparent, tracestate: "a=b" };
    const { response, text } = await get(`${server.url}/environment`, headers);
    const [traceId] = partsOf(response.headers.get("traceresponse"));
    assertNotEquals(traceId, TRACE);
    assertEquals(seenByFunction(text, "HTTP_TRACESTATE"), undefined);
  }
  const spans = await collector.received(wrong.length);
  assertEquals(spans.filter(({ parentSpanId }) => parentSpanId).length, 0);
});

Deno.test("OpenTelemetry's own variables say where, whose, with which key and how many", async () => {
  await using folder = await functions();
  await using collector = await startCollector();
  const env = {
    ...SOON,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret-key",
    OTEL_SERVICE_NAME: "edge",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
  };
  await using server = await startServer(folder.path, { env });
  await get(`${server.url}/fine`);
  await get(`${server.url}/fine`, { traceparent: `00-${TRACE}-${CALLER}-01` });
  const [span, ...others] = await collector.received(1);
  assertEquals([span!.parentSpanId, others], [CALLER, []]);
  assertEquals(span!.resource["service.name"], "edge");
  assertEquals(span!.resource["deployment.environment.name"], "test");
  assertEquals(collector.requests[0]!.headers["x-key"], "secret-key");
  assertEquals(server.output().includes("secret-key"), false);
});

Deno.test("What waits is sent before the server ends", async () => {
  await using folder = await functions();
  await using collector = await startCollector();
  const env = { OTEL_BSP_SCHEDULE_DELAY: "60000" };
  await using server = await startTraced(folder.path, collector.url, { env });
  await get(`${server.url}/fine`);
  server.kill("SIGTERM");
  assertEquals((await server.status).code, 0);
  assertEquals(collector.spans.map(({ name }) => name), ["GET /fine"]);
});

Deno.test("A collector that refuses, hangs or is not there delays no answer and no end", async (t) => {
  await using folder = await functions();
  const refusing = await startCollector((response) => response.writeHead(400).end("no"));
  const silent = await startCollector(() => {});
  const gone = await startCollector();
  await gone[Symbol.asyncDispose]();
  const cases = [["refuses", refusing.url], ["hangs", silent.url], ["is gone", gone.url]] as const;
  for (const [what, url] of cases) {
    await t.step(what, async () => {
      // More requests than the queue has room for.
      const env = { OTEL_BSP_MAX_QUEUE_SIZE: "8", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "4" };
      await using server = await startTraced(folder.path, url, { env });
      for (let i = 0; i < 50; i++) {
        assertEquals((await get(`${server.url}/fine`)).text, "fine\n");
      }
      if (what !== "hangs") await server.printed("Cannot send traces to http://127.0.0.1:");
      server.kill("SIGTERM");
      assertEquals((await server.status).code, 0);
    });
  }
  await refusing[Symbol.asyncDispose]();
  await silent[Symbol.asyncDispose]();
});

Deno.test("Without a collector nothing is added to requests or answers", async () => {
  await using folder = await functions();
  const path = `${folder.path}/jobs.socket`;
  await using server = await startServer(folder.path, { args: ["--jobs-unix", path] });
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const { response, text } = await get(`${server.url}/environment`, { traceparent });
  assertEquals(response.headers.get("traceresponse"), null);
  assertEquals(seenByFunction(text, "HTTP_TRACEPARENT"), traceparent);
  const jobs = [{ fn: "environment", traceparent }, { fn: "environment" }];
  const seen = (await runJobs(path, jobs)).map((each) => seenByFunction(each, "HTTP_TRACEPARENT"));
  assertEquals(seen, [traceparent, undefined]);
});

Deno.test("A collector's address that is none is a usage error, and is not repeated", async () => {
  await using folder = await functions();
  const failure = await startTraced(folder.path, "user:password@host").then(
    () => undefined,
    String,
  );
  assertMatch(failure!, /--otlp must be a URL like/);
  assertEquals(failure!.includes("password"), false);
});
