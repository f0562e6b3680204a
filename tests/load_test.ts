/** The load injector, a real process against real servers. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServer } from "node:net";
import { GUESTS } from "./guests/guests.ts";
import { skerry, startSkerry } from "./support/command_line.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

/** Runs `skerry load` and reads what it tells scripts. */
async function load(url: string, ...args: string[]) {
  const ran = await skerry(["load", ...args, "--json", "--url", url]);
  return { code: ran.code, report: JSON.parse(ran.stdout), stderr: ran.stderr };
}

/** A server that answers each connection's bytes as the test says. */
async function rawServer(answer: (requests: number) => string | undefined) {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      const bytes = answer(++requests);
      if (bytes === undefined) socket.destroy();
      else socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

Deno.test("Load sends exactly what was asked for and counts what becomes of it", async () => {
  await using folder = await temporaryFolder({
    "echo.wasm": await GUESTS.echoStdin(),
    "trap.wasm": await GUESTS.divideByZero(),
  });
  await using server = await startServer(folder.path, { args: ["--log-requests"] });
  const good = await load(server.url, "echo", "--requests", "200", "--clients", "4", "-d", "body");
  assertEquals([good.code, good.report.requests], [0, 200]);
  assertEquals(good.report.outcomes, [{ outcome: "200", count: 200, ok: true }]);
  const { p50, p99, max } = good.report.latency_ms;
  assert(0 < p50 && p50 <= p99 && p99 <= max, JSON.stringify(good.report.latency_ms));
  assertEquals(
    good.report.histogram.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
    200,
  );
  await server.printed("POST /echo");
  assertEquals(server.output().split("POST /echo").length - 1, 200);
  const bad = await load(server.url, "trap", "--requests", "20");
  assertEquals(bad.code, 1);
  assertEquals(bad.report.outcomes, [{ outcome: "500 function_trapped", count: 20, ok: false }]);
  const people = await skerry(["load", "echo", "--requests", "50", "--url", server.url]);
  assertMatch(people.stdout, /^50 requests by 8 clients in /m);
  assertMatch(people.stdout, /^p99\.9 +\d/m);
  assertMatch(people.stdout, /^200 +50 +100\.0 %$/m);
});

Deno.test("A rate and a duration are kept", async () => {
  await using server = await rawServer(() => ANSWER);
  const { report } = await load(server.url, "x", "--rate", "200", "--duration", "1");
  assertEquals([report.requests, server.requests()], [200, 200]);
  assert(report.duration_s >= 0.995, `it took only ${report.duration_s} s`);
});

Deno.test("Ctrl-C ends load at once and tells what came until then, however slow the rate", async () => {
  await using server = await rawServer(() => ANSWER);
  const args = ["load", "x", "--rate", "1", "--duration", "60", "--json", "--url", server.url];
  await using running = startSkerry(args);
  await eventually(() => Promise.resolve(server.requests()), (requests) => requests > 0);
  const startMs = performance.now();
  running.kill("SIGINT");
  assertEquals(await running.code, 0);
  // Eight clients wait for eight seconds and more.
  assert(performance.now() - startMs < 5000);
  assert(JSON.parse(running.output()).requests >= 1);
});

Deno.test("Connections that break are counted and made again", async () => {
  await using server = await rawServer((requests) => requests % 4 === 0 ? undefined : ANSWER);
  const { code, report } = await load(server.url, "x", "--requests", "40", "--clients", "1");
  assertEquals([code, report.requests, server.requests()], [0, 40, 40]);
  assertEquals(report.outcomes[0], { outcome: "200", count: 30, ok: true });
  assertEquals(report.outcomes[1].count, 10);
  assertMatch(report.outcomes[1].outcome, /connection closed|ECONNRESET/);
});

Deno.test("An answer that does not come is a timeout", async () => {
  await using server = await rawServer(() => "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nha");
  const args = ["x", "--requests", "2", "--clients", "2", "--timeout-ms", "50"];
  const { code, report } = await load(server.url, ...args);
  assertEquals(code, 1);
  assertEquals(report.outcomes, [{ outcome: "timeout", count: 2, ok: false }]);
});

Deno.test("Load against nothing says so", async () => {
  const server = await rawServer(() => ANSWER);
  await server[Symbol.asyncDispose]();
  const { code, stderr } = await skerry(["load", "x", "--url", server.url]);
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot reach http:\S+: no server listens there/);
  const socket = await skerry(["load", "x", "--unix", "/no/such.socket"]);
  assertEquals(socket.code, 1);
  assertMatch(socket.stderr, /^Cannot reach \/no\/such\.socket: .*serve --jobs-unix/);
});
