import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect, type Socket } from "node:net";
import { GUESTS } from "./guests/guests.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { DENO_SOURCE, type ServerProcess, startServer } from "./support/server.ts";

async function setUp(args: readonly string[] = []) {
  const folder = await temporaryFolder({
    "hello.wasm": await GUESTS.exit0(),
    "echo.wasm": await GUESTS.echoStdin(),
    "sleep.wasm": await GUESTS.sleepMinute(),
    "sleep.toml": "[limits]\ntimeout_ms = 60_000\n",
    "greet/[name].wasm": await GUESTS.dumpEnvironment(),
    "public/page.txt": "a page",
  });
  const server = await startServer(folder.path, { args });
  return {
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function openSocket(server: ServerProcess): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Sends bytes as they are and reads until the server closes. */
async function exchange(server: ServerProcess, request: string | Uint8Array): Promise<string> {
  const socket = await openSocket(server);
  const pieces: Uint8Array[] = [];
  socket.on("data", (piece) => pieces.push(piece));
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("error", () => resolve());
  });
  socket.write(request);
  await closed;
  return new TextDecoder().decode(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

async function assertUnharmed(server: ServerProcess): Promise<void> {
  const response = await fetch(`${server.url}/hello`);
  assertEquals([response.status, await response.text()], [200, "before\n"]);
}

Deno.test("A body of 100 MB that announces itself is refused before it is sent", async () => {
  await using scene = await setUp();
  const socket = await openSocket(scene.server);
  socket.write("POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 104857600\r\n\r\n");
  const answer = await new Promise<string>((resolve) =>
    socket.once("data", (piece) => resolve(new TextDecoder().decode(piece)))
  );
  socket.destroy();
  assertMatch(answer, /^HTTP\/1\.1 413 /);
  assertMatch(answer, /request_too_large/);
  await assertUnharmed(scene.server);
});

Deno.test("A body of 100 MB in chunks is refused at the limit", async () => {
  await using scene = await setUp();
  let sentBytes = 0;
  const megabyte = new Uint8Array(1024 * 1024);
  const body = new ReadableStream({
    pull(controller) {
      sentBytes += megabyte.length;
      if (sentBytes > 100 * megabyte.length) controller.close();
      else controller.enqueue(megabyte);
    },
  });
  const response = await fetch(`${scene.server.url}/echo`, { method: "POST", body }).catch(() =>
    undefined
  );
  // The server answers and closes; a client still writing may see either first.
  if (response !== undefined) {
    assertEquals(response.status, 413);
    assertEquals((await response.json()).code, "request_too_large");
  }
  assert(sentBytes < 50 * megabyte.length, `${sentBytes} bytes were taken`);
  await assertUnharmed(scene.server);
});

Deno.test("A body within the limit passes", async () => {
  await using scene = await setUp();
  const body = "x".repeat(9 * 1024 * 1024);
  const response = await fetch(`${scene.server.url}/echo`, { method: "POST", body });
  assertEquals(response.status, 200);
  assertEquals((await response.text()).length, body.length);
});

Deno.test("A client that sends byte by byte is given up after the body timeout", async () => {
  await using scene = await setUp(["--body-timeout-ms", "400"]);
  const socket = await openSocket(scene.server);
  let answer = "";
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("data", (piece) => answer += new TextDecoder().decode(piece));
  socket.on("error", () => {});
  socket.write("POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n");
  const drip = setInterval(() => socket.writable && socket.write("x"), 100);
  await eventually(() => Promise.resolve(answer), (text) => text.includes("request_timeout"));
  clearInterval(drip);
  socket.destroy();
  await closed;
  assertMatch(answer, /^HTTP\/1\.1 408 /);
  await assertUnharmed(scene.server);
});

Deno.test("A client that leaves half-way through its body harms nobody", async () => {
  await using scene = await setUp();
  for (let i = 0; i < 20; i++) {
    const socket = await openSocket(scene.server);
    socket.on("error", () => {});
    socket.write("POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nhalf");
    socket.destroy();
  }
  await assertUnharmed(scene.server);
});

Deno.test("The run of a client that has left is cancelled, and its thread is free again", async () => {
  await using scene = await setUp(["--workers", "1"]);
  const aborter = new AbortController();
  const left = fetch(`${scene.server.url}/sleep`, { signal: aborter.signal }).catch(() => "left");
  setTimeout(() => aborter.abort(), 100);
  assertEquals(await left, "left");
  // The only thread would sleep for another minute otherwise.
  const next = await fetch(`${scene.server.url}/echo`, {
    method: "POST",
    body: "x".repeat(1024 * 1024),
  });
  assertEquals((await next.text()).length, 1024 * 1024);
});

Deno.test("A full queue is answered 503 with Retry-After", async () => {
  await using scene = await setUp(["--workers", "1", "--queue", "1"]);
  const aborter = new AbortController();
  const { signal } = aborter;
  const sleepers = [1, 2].map(() =>
    fetch(`${scene.server.url}/sleep`, { signal }).catch(() => undefined)
  );
  const { answer } = await eventually(
    () =>
      fetch(`${scene.server.url}/sleep`, { signal: AbortSignal.timeout(500) }).catch(() => null),
    (response) => response?.status === 503,
  );
  assertEquals(answer?.headers.get("retry-after"), "1");
  assertEquals((await answer!.json()).code, "overloaded");
  await assertUnharmed(scene.server);
  aborter.abort();
  await Promise.all(sleepers);
});

for (
  const [what, target] of [
    ["two dots", "/public/../../etc/passwd"],
    ["encoded dots", "/%2e%2e/%2e%2e/etc/passwd"],
    ["encoded slashes", "/..%2f..%2fetc%2fpasswd"],
    ["a backslash", "/..\\..\\etc\\passwd"],
    ["an encoded backslash", "/..%5c..%5cetc%5cpasswd"],
    ["dots in a function's segment", "/greet/..%2f..%2fetc%2fpasswd%00"],
  ] as const
) {
  Deno.test(`A path with ${what} finds nothing outside the folder`, async () => {
    await using scene = await setUp();
    const answer = await exchange(
      scene.server,
      `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    );
    assertMatch(answer, /^HTTP\/1\.1 40[04] /);
    assert(!answer.includes("root:"), answer);
    await assertUnharmed(scene.server);
  });
}

for (
  const [what, target] of [
    ["an encoded NUL", "/greet/a%00b"],
    ["invalid UTF-8", "/greet/%ff%fe"],
    ["half an escape", "/greet/%e2%82"],
  ] as const
) {
  Deno.test(`A path with ${what} is a bad request`, async () => {
    await using scene = await setUp();
    const response = await fetch(`${scene.server.url}${target}`);
    assertEquals(response.status, 400);
    assertEquals((await response.json()).code, "bad_request");
  });
}

Deno.test("Raw bytes that are no HTTP are refused, and the server goes on", async () => {
  await using scene = await setUp();
  const requests = [
    "GET /hello\0 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    Uint8Array.of(0x47, 0x45, 0x54, 0x20, 0x2f, 0xff, 0xfe, 0x20, 0x48, 0x0d, 0x0a, 0x0d, 0x0a),
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "GET /hello HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\nconnection: close\r\n\r\n",
    "GET /hello HTTP/1.1\r\nhost: localhost\r\nbad header\r\nconnection: close\r\n\r\n",
  ];
  for (const request of requests) {
    const answer = await exchange(scene.server, request);
    assert(answer === "" || answer.startsWith("HTTP/1.1 400"), JSON.stringify([request, answer]));
  }
  await assertUnharmed(scene.server);
});

Deno.test("A module truncated anywhere is refused, and named as such", async () => {
  const whole = await GUESTS.exit3();
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  await Promise.all(
    Array.from(whole, (_, length) => folder.write(`cut/${length}.wasm`, whole.subarray(0, length))),
  );
  await using server = await startServer(folder.path);
  // Cut between two sections, what is left may be a whole module.
  const cuts = Array.from(whole, (_, length) => length)
    .filter((length) => !WebAssembly.validate(whole.slice(0, length)));
  assert(cuts.length > whole.length - 5);
  for (const length of cuts) {
    const response = await fetch(`${server.url}/cut/${length}`);
    const { code } = await response.json();
    assertEquals([length, response.status, code], [length, 422, "invalid_module"]);
  }
  await assertUnharmed(server);
});

Deno.test("A request that two servers could read differently is refused, and nothing after it is read", async () => {
  await using scene = await setUp();
  const smuggled = "GET /hello HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
  const framings = [
    "content-length: 6\r\ntransfer-encoding: chunked",
    "content-length: 5\r\ncontent-length: 6",
    "content-length: +5",
    "transfer-encoding: xchunked",
    "transfer-encoding : chunked",
    "transfer-encoding: chunked\r\ntransfer-encoding: identity",
    "x-folded: a\r\n b",
  ];
  for (const framing of framings) {
    const head = `POST /echo HTTP/1.1\r\nhost: localhost\r\n${framing}\r\n\r\n`;
    const answer = await exchange(scene.server, `${head}0\r\n\r\n${smuggled}`);
    assertMatch(answer, /^HTTP\/1\.1 400 /, framing);
    assertEquals(answer.split("HTTP/1.1 ").length, 2, framing);
  }
  await assertUnharmed(scene.server);
});

Deno.test("The body of a GET is not the next request", async () => {
  await using scene = await setUp();
  const body = "GET /echo HTTP/1.1\r\nhost: localhost\r\n\r\n";
  const answer = await exchange(
    scene.server,
    `GET /hello HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}` +
      "GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
  );
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => found[1]);
  assertEquals(statuses, ["200", "404"]);
});

Deno.test("Pipelined requests are answered in order", async () => {
  await using scene = await setUp();
  const names = ["a", "b", "c", "d", "e"];
  const requests = names.map((name, i) => {
    const connection = i === names.length - 1 ? "close" : "keep-alive";
    return `GET /greet/${name} HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\n\r\n`;
  });
  const answer = await exchange(scene.server, requests.join(""));
  const found = [...answer.matchAll(/PARAM_NAME=(\w)/g)].map((match) => match[1]);
  assertEquals(found, names);
});

Deno.test("A host that is none makes no other path of a request's", async () => {
  await using scene = await setUp();
  const answer = await exchange(
    scene.server,
    "GET /functions HTTP/1.1\r\nhost: localhost/_\r\nconnection: close\r\n\r\n",
  );
  assertMatch(answer, /^HTTP\/1\.1 400 /);
});

Deno.test("A query of four thousand arguments reaches the function", async () => {
  await using scene = await setUp();
  const response = await fetch(`${scene.server.url}/greet/x?${"&".repeat(4000)}`);
  assertMatch(await response.text(), /QUERY_STRING=&{4000}/);
});

Deno.test("Five hundred clients that never finish their headers delay nobody", async () => {
  await using scene = await setUp();
  const idle = await Promise.all(Array.from({ length: 500 }, () => openSocket(scene.server)));
  for (const socket of idle) {
    socket.on("error", () => {});
    socket.write("GET /hello HTTP/1.1\r\nhost: loc");
  }
  const startMs = performance.now();
  for (let i = 0; i < 20; i++) await assertUnharmed(scene.server);
  assert(performance.now() - startMs < 8000);
  for (const socket of idle) socket.destroy();
  await assertUnharmed(scene.server);
});

Deno.test({
  name: "A log that cannot be written any more costs the log and nothing else",
  // The device that is always full is Linux's.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await temporaryFolder({
      "hello.wasm": await GUESTS.exit0(),
      "trap.wasm": await GUESTS.unreachable(),
    });
    const command = ["bash", "-c", 'exec "$@" 2>/dev/full', "bash", ...DENO_SOURCE.command];
    const runtime = { name: "Deno, with its disk full", command };
    await using server = await startServer(folder.path, { runtime, args: ["--log-requests"] });
    await assertUnharmed(server);
    const trapped = await fetch(`${server.url}/trap`);
    assertEquals((await trapped.json()).code, "function_trapped");
    await folder.write("broken.wasm", "not a module");
    await eventually(
      () => fetch(`${server.url}/broken`).then((response) => response.json()),
      ({ code }) => code === "invalid_module",
    );
    await assertUnharmed(server);
    server.kill("SIGTERM");
    assertEquals((await server.status).code, 0);
  },
});

Deno.test("A server that ran out of descriptors goes on when it has some again", async () => {
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  const limited = ["bash", "-c", 'ulimit -n 128; exec "$@"', "skerry", ...DENO_SOURCE.command];
  await using server = await startServer(folder.path, {
    runtime: { name: "with few descriptors", command: limited },
  });
  await assertUnharmed(server);
  const idle: Socket[] = [];
  for (let i = 0; i < 200; i++) {
    const socket = await openSocket(server).catch(() => undefined);
    socket?.on("error", () => {});
    if (socket !== undefined) idle.push(socket);
  }
  for (const socket of idle) socket.destroy();
  await eventually(
    () => fetch(`${server.url}/hello`).then((response) => response.text(), () => "refused"),
    (answer) => answer === "before\n",
  );
});
