/** Metrics and statistics, as a scraper and a dashboard see them. */
import { assertEquals, assertMatch } from "@std/assert";
import { GUESTS, printer } from "./guests/guests.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

async function functions() {
  return await temporaryFolder({
    "fine.wasm": await printer("fine\n")(),
    "broken.wasm": await GUESTS.unreachable(),
  });
}

async function textOf(url: string, init?: RequestInit): Promise<string> {
  return await (await fetch(url, init)).text();
}

Deno.test("A scraper finds requests by function and outcome, and nothing for unknown paths", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path);
  for (const path of ["fine", "fine", "broken", "nothing"]) await textOf(`${server.url}/${path}`);
  const response = await fetch(`${server.url}/_/metrics`);
  assertMatch(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("skerry_requests_total")), [
    'skerry_requests_total{function="/fine",outcome="ok"} 2',
    'skerry_requests_total{function="/broken",outcome="function_trapped"} 1',
  ]);
});

Deno.test("Where nothing is to be counted nothing is, and there is no page of metrics", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path, { args: ["--no-metrics"] });
  assertEquals(await textOf(`${server.url}/fine`), "fine\n");
  const response = await fetch(`${server.url}/_/metrics`);
  assertEquals([response.status, (await response.json()).code], [404, "function_not_found"]);
  const stats = await (await fetch(`${server.url}/_/stats`)).json();
  assertEquals([stats.totals.requests, stats.functions], [0, []]);
});

Deno.test("Statistics show each function, the totals and every worker", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path, { args: ["--no-fast-path"] });
  for (const path of ["fine", "broken"]) await textOf(`${server.url}/${path}`);
  const stats = await (await fetch(`${server.url}/_/stats`)).json();
  assertEquals(stats.totals, { requests: 2, failures: 1, fuel: stats.totals.fuel });
  assertEquals(stats.functions[1].outcomes, { function_trapped: 1 });
  assertEquals(stats.workers.length, 1);
  assertEquals(stats.strategy, "fifo");
});

Deno.test("The strategy is an option, and can be changed while serving", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path, { args: ["--strategy", "least"] });
  const url = `${server.url}/_/scheduler`;
  assertEquals(JSON.parse(await textOf(url)).strategy, "least");
  const put = (body: string) => fetch(url, { method: "PUT", body });
  for (const body of ['{"strategy":"fastest"}', "{", "null", "[]"]) {
    const response = await put(body);
    assertEquals([response.status, (await response.json()).code], [400, "bad_request"]);
  }
  assertEquals(await (await put('{"strategy":"rr"}')).json(), {
    strategy: "rr",
    strategies: ["rr", "fifo", "least", "score"],
  });
  assertEquals(JSON.parse(await textOf(url)).strategy, "rr");
});

Deno.test("Jobs that wait bring a second worker", async () => {
  await using folder = await temporaryFolder({
    "loop.wasm": await GUESTS.endlessLoop(),
    "loop.toml": "[limits]\ntimeout_ms = 2000",
  });
  await using server = await startServer(folder.path, { args: ["--workers", "2"] });
  const answers = [1, 2, 3].map(() => textOf(`${server.url}/loop`));
  const workers = async () => JSON.parse(await textOf(`${server.url}/_/stats`)).workers.length;
  await eventually(workers, (count) => count === 2);
  for (const answer of await Promise.all(answers)) assertMatch(answer, /timeout|fuel_exhausted/);
});

Deno.test("A function at its limit leaves the other worker to others", async () => {
  await using folder = await temporaryFolder({
    "loop.wasm": await GUESTS.endlessLoop(),
    "loop.toml":
      "[limits]\nfuel = 9_000_000_000_000\ntimeout_ms = 3000\n[scheduling]\nmax_concurrent = 1",
    "fine.wasm": await printer("fine\n")(),
  });
  const args = ["--workers", "2", "--min-workers", "2", "--no-fast-path"];
  await using server = await startServer(folder.path, { args });
  const answers = [1, 2].map(() => textOf(`${server.url}/loop`));
  const queued = async () => JSON.parse(await textOf(`${server.url}/_/stats`)).queue.depth;
  await eventually(queued, (depth) => depth === 1);
  assertEquals(await textOf(`${server.url}/fine`), "fine\n");
  assertEquals(await queued(), 1);
  for (const answer of await Promise.all(answers)) assertMatch(answer, /timeout/);
});

Deno.test("Who watches the statistics sees requests as they happen", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path);
  const response = await fetch(`${server.url}/_/stats`, {
    headers: { accept: "text/event-stream" },
  });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  await textOf(`${server.url}/fine`);
  const next = async () => JSON.parse((await reader.read()).value!.slice("data: ".length));
  // On a busy machine, a second may pass before the request is answered.
  const { answer } = await eventually(next, ({ functions }) => functions.length > 0);
  const { functions: active, workers, strategy } = answer;
  assertEquals(active.map((each: { function: string }) => each.function), ["/fine"]);
  assertEquals([workers.length, strategy], [1, "fifo"]);
  await reader.cancel();
});

Deno.test("A server stops although its statistics are watched", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path, { args: ["--grace-ms", "20000"] });
  const response = await fetch(`${server.url}/_/stats`, {
    headers: { accept: "text/event-stream" },
  });
  server.kill("SIGTERM");
  assertMatch(await response.text(), /^: watching/);
  assertEquals((await server.status).code, 0);
});
