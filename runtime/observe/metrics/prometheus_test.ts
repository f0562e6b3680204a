import { assertEquals, assertMatch } from "@std/assert";
import { FunctionMetricsTable } from "./function_metrics.ts";
import { createMetricsPage } from "./prometheus.ts";

function registryOf(functions: FunctionMetricsTable) {
  return createMetricsPage({
    functions,
    workers: () => [{ id: 3, state: "idle", score: 0.25 }, { id: 4, state: "running", score: 0.5 }],
    queueDepth: () => 7,
    resets: () => ({ recycled: 10, dropped: 1 }),
  });
}

function called(route = "/a"): FunctionMetricsTable {
  const functions = new FunctionMetricsTable();
  const report = { requestId: "r", method: "GET", path: route, status: 200, route };
  functions.add({ ...report, runMs: 1.5, fuel: 1000, waitedMs: 0.5 });
  functions.add({ ...report, runMs: 3, fuel: 500 });
  return functions;
}

/** The samples of a metric as they are scraped. */
async function samples(text: Promise<string>, name: string): Promise<string[]> {
  return (await text).split("\n").filter((line) => line.startsWith(name));
}

Deno.test("Requests, fuel and times are scraped by function", async () => {
  const registry = registryOf(called());
  assertEquals(await samples(registry.metrics(), "skerry_requests_total"), [
    'skerry_requests_total{function="/a",outcome="ok"} 2',
  ]);
  assertEquals(await samples(registry.metrics(), "skerry_fuel"), [
    'skerry_fuel_consumed_total{function="/a"} 1500',
  ]);
  const durations = await samples(registry.metrics(), "skerry_request_duration_seconds");
  const [below, above] = ["0.001024", "0.002048"].map((le) =>
    durations.find((line) => line.includes(`le="${le}"`))
  );
  assertMatch(below!, /^skerry_request_duration_seconds_bucket\{.*function="\/a"\} 0$/);
  assertMatch(above!, / 1$/);
  assertEquals(durations.slice(-3), [
    'skerry_request_duration_seconds_bucket{le="+Inf",function="/a"} 2',
    'skerry_request_duration_seconds_sum{function="/a"} 0.0045',
    'skerry_request_duration_seconds_count{function="/a"} 2',
  ]);
});

Deno.test("Scraping twice counts nothing twice", async () => {
  const registry = registryOf(called());
  await registry.metrics();
  assertEquals(await samples(registry.metrics(), "skerry_instance_resets_total"), [
    'skerry_instance_resets_total{kind="recycled"} 10',
    'skerry_instance_resets_total{kind="dropped"} 1',
  ]);
});

Deno.test("Workers are counted by state, also where there are none", async () => {
  const text = registryOf(called()).metrics();
  assertEquals(await samples(text, "skerry_worker"), [
    'skerry_workers{state="starting"} 0',
    'skerry_workers{state="idle"} 1',
    'skerry_workers{state="running"} 1',
    'skerry_worker_score{worker="3"} 0.25',
    'skerry_worker_score{worker="4"} 0.5',
  ]);
});

Deno.test("A route that would break the format is escaped", async () => {
  const [line] = await samples(registryOf(called('/a"\n\\b')).metrics(), "skerry_fuel");
  assertEquals(line, 'skerry_fuel_consumed_total{function="/a\\"\\n\\\\b"} 1500');
});

Deno.test("Histograms have the same escapes, and waits have no function", async () => {
  const text = registryOf(called('/a"\n\\b')).metrics();
  assertEquals(await samples(text, "skerry_request_duration_seconds_count"), [
    'skerry_request_duration_seconds_count{function="/a\\"\\n\\\\b"} 2',
  ]);
  assertEquals((await samples(text, "skerry_queue_wait_seconds")).slice(-3), [
    'skerry_queue_wait_seconds_bucket{le="+Inf"} 1',
    "skerry_queue_wait_seconds_sum 0.0005",
    "skerry_queue_wait_seconds_count 1",
  ]);
});

Deno.test("Every line is a comment, a sample or empty, and every metric has its type", async () => {
  const text = await registryOf(called()).metrics();
  const sample = /^[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? [0-9.e+-]+$/;
  const wrong = text.split("\n").filter((line) => !/^(?:#.*)?$/.test(line) && !sample.test(line));
  assertEquals(wrong, []);
  for (const name of ["skerry_request_duration_seconds", "skerry_queue_wait_seconds"]) {
    assertMatch(text, new RegExp(`^# TYPE ${name} histogram$`, "m"));
  }
});

Deno.test("The process shows processor time, memory and its start", async () => {
  const text = await registryOf(called()).metrics();
  for (const name of ["cpu_seconds_total", "start_time_seconds", "resident_memory_bytes"]) {
    assertMatch(text, new RegExp(`^process_${name} [1-9.]`, "m"));
  }
});
