import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Answer, wireRequest } from "./http_client.ts";
import { builtInThroughput, parseWrk, runClosedLoop, runPaced } from "./load.ts";

const WRK_OUTPUT = `Running 1s test @ http://127.0.0.1:8080/hello
  2 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   390.30us  127.70us   3.62ms   91.70%
    Req/Sec    41.01k     2.35k   43.75k    80.95%
  85681 requests in 1.10s, 12.26MB read
Requests/sec:  77890.75
Transfer/sec:     11.14MB
`;

async function withCounter(use: (url: string, count: () => number) => Promise<void>) {
  let count = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    count++;
    return new Response("ok");
  });
  await use(`http://127.0.0.1:${server.addr.port}/`, () => count);
  await server.shutdown();
}

function expectOk({ status, body }: Answer): void {
  if (status !== 200 || body.length !== 2) throw new Error(`found ${status}`);
}

function refuse(): never {
  throw new Error("wrong");
}

Deno.test("a closed loop sends exactly as many requests as asked for", async () => {
  await withCounter(async (url, count) => {
    const latencies: number[] = [];
    const sent = await runClosedLoop({
      request: wireRequest(url),
      connections: 4,
      check: expectOk,
      isDone: (sent) => sent >= 50,
      onLatency: (latencyMs) => latencies.push(latencyMs),
    });
    assertEquals([sent, count(), latencies.length], [50, 50, 50]);
    assert(latencies.every((latencyMs) => latencyMs > 0));
  });
});

Deno.test("a closed loop's time runs from when all its clients are connected", async () => {
  await withCounter(async (url, count) => {
    const beginnings: number[] = [];
    const isDone = (sent: number, elapsedMs: number) => {
      beginnings.push(elapsedMs);
      return sent > 0;
    };
    const startMs = performance.now();
    const loop = { request: wireRequest(url), connections: 64, check: expectOk, isDone };
    assertEquals([await runClosedLoop(loop), count()], [1, 1]);
    // Connecting is most of what this takes.
    assert(beginnings[0]! < (performance.now() - startMs) / 2);
  });
});

Deno.test("a closed loop fails at a wrong answer", async () => {
  await withCounter(async (url) => {
    const isDone = () => false;
    const loop = { request: wireRequest(url), connections: 1, check: refuse, isDone };
    await assertRejects(() => runClosedLoop(loop), Error, "wrong");
  });
});

Deno.test("a paced load fails at a wrong answer, and sends no more", async () => {
  await withCounter(async (url) => {
    const load = { request: wireRequest(url), perSecond: 1000, seconds: 3600, check: refuse };
    await assertRejects(() => runPaced(load), Error, "wrong");
  });
});

Deno.test("a paced load sends so many requests, not faster than its pace", async () => {
  await withCounter(async (url, count) => {
    const startMs = performance.now();
    const latencies = await runPaced({
      request: wireRequest(url),
      perSecond: 1000,
      seconds: 0.02,
      check: expectOk,
    });
    assertEquals([latencies.length, count()], [20, 20]);
    assert(performance.now() - startMs > 18.9);
  });
});

Deno.test("the built-in load generator counts requests a second", async () => {
  await withCounter(async (url, count) => {
    const load = { request: wireRequest(url), connections: 2, seconds: 0.02, check: expectOk };
    const perSecond = await builtInThroughput(load);
    assert(count() > 0);
    assert(perSecond > 0 && perSecond <= count() * 50, `${perSecond} of ${count()}`);
  });
});

Deno.test("wrk's requests a second are read", () => {
  assertEquals(parseWrk(WRK_OUTPUT), 77890.75);
});

Deno.test("a run of wrk with errors is not trusted", () => {
  const failed = WRK_OUTPUT.replace(
    "Requests/sec",
    "  Non-2xx or 3xx responses: 12\nRequests/sec",
  );
  assertThrows(() => parseWrk(failed), Error, "Non-2xx or 3xx responses: 12");
  const broken = WRK_OUTPUT.replace(
    "Requests/sec",
    "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec",
  );
  assertThrows(() => parseWrk(broken), Error, "Socket errors");
});

Deno.test("other output than wrk's is an error that shows it", () => {
  assertThrows(() => parseWrk("no such file"), Error, "no such file");
});
