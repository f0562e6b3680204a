import { assertEquals } from "@std/assert";
import type { JobResult } from "../dispatch/job.ts";
import { skerryError } from "../errors.ts";
import type { RouteMatch } from "../functions/served_function.ts";
import { err, ok } from "../result.ts";
import {
  bytes,
  directory,
  fakeApp,
  FakeDispatcher,
  match,
  PEER,
  ran,
  stringsOf,
  version,
} from "./testing_fakes.ts";
import { FakeClock } from "../testing_clock.ts";

const URL_OF_HELLO = "http://localhost:8080/hello";

/** Fetches from an app whose function at /hello has this match. */
async function fetchHello(
  found: RouteMatch,
  { init, ...changes }: { init?: RequestInit } & Parameters<typeof fakeApp>[0] = {},
): Promise<Response> {
  const { app } = fakeApp({ functions: directory({ "/hello": found }), ...changes });
  return await app.fetch(new Request(URL_OF_HELLO, init), PEER);
}

/** Fetches /hello where the run ends with this result. */
function fetchResult(
  result: JobResult,
  config: Parameters<typeof version>[0] = {},
): Promise<Response> {
  return fetchHello(match("/hello", { config }), { dispatcher: new FakeDispatcher(() => result) });
}

Deno.test("a loaded function run inline is answered without a promise", async () => {
  const { app, log } = fakeApp();
  const response = app.fetch(new Request(URL_OF_HELLO), PEER);
  if (response instanceof Promise) throw new Error("Expected a response, got a promise");
  assertEquals(response.status, 200);
  assertEquals([...response.headers], [
    ["content-type", "text/plain; charset=utf-8"],
    ["server-timing", "run;dur=0.000"],
    ["x-request-id", "00000000-1"],
  ]);
  assertEquals(await response.text(), "hello");
  assertEquals(log, [{
    requestId: "00000000-1",
    method: "GET",
    path: "/hello",
    status: 200,
    route: "/hello",
    runMs: 0,
    runPath: "inline",
    waitedMs: undefined,
    fuel: 100,
    stderr: undefined,
  }]);
});

Deno.test("a run in the pool is awaited, and its time is told", async () => {
  const clock = new FakeClock();
  const { promise, resolve } = Promise.withResolvers<JobResult>();
  const response = fetchHello(match("/hello"), {
    clock,
    dispatcher: new FakeDispatcher(() => promise),
  });
  clock.advance(12.3456);
  resolve(ran({ stdout: "late" }));
  assertEquals((await response).headers.get("server-timing"), "run;dur=12.346");
  assertEquals(await (await response).text(), "late");
});

Deno.test("a function that is not loaded is loaded first", async () => {
  const loaded = version();
  const fn = { route: "/hello", active: undefined, load: () => Promise.resolve(ok(loaded)) };
  const dispatcher = new FakeDispatcher();
  const response = await fetchHello({ fn, params: {}, pathInfo: "" }, { dispatcher });
  assertEquals(response.status, 200);
  assertEquals(dispatcher.last.target, loaded.target);
});

Deno.test("a function that cannot be loaded is its error", async () => {
  const error = skerryError("invalid_module", "Cannot load /hello: it is not a module");
  const fn = { route: "/hello", active: undefined, load: () => Promise.resolve(err(error)) };
  const response = await fetchHello({ fn, params: {}, pathInfo: "" });
  assertEquals(response.status, 422);
  const { code, function: name, request_id } = await response.json();
  assertEquals([code, name, request_id], ["invalid_module", "/hello", "00000000-1"]);
});

Deno.test("the job has the version's target, the request's strings and the body", async () => {
  const dispatcher = new FakeDispatcher();
  const found = match("/hello", { config: { env: { A: "1" } } });
  await fetchHello(found, { dispatcher, init: { method: "POST", body: "body" } });
  const { target, input } = dispatcher.last;
  assertEquals(found.fn.active, { ...version({ env: { A: "1" } }), target });
  assertEquals(input.stdin, bytes("body"));
  assertEquals(stringsOf(input.args()), ["/hello"]);
  const environ = stringsOf(input.environ());
  assertEquals(environ.includes("A=1") && environ.includes("SERVER_SOFTWARE=skerry/1.2.3"), true);
});

Deno.test("the job knows when the client has left", async () => {
  const dispatcher = new FakeDispatcher();
  const { app } = fakeApp({ dispatcher });
  let hasLeft = false;
  await app.fetch(new Request(URL_OF_HELLO), { ...PEER, hasLeft: () => hasLeft });
  assertEquals(dispatcher.last.hasLeft?.(), false);
  hasLeft = true;
  assertEquals(dispatcher.last.hasLeft?.(), true);
});

Deno.test("a run cancelled because the client left is logged as 499", async () => {
  const dispatcher = new FakeDispatcher(() => ran({ outcome: { kind: "cancelled" } }));
  const { app, log } = fakeApp({ dispatcher });
  await app.fetch(new Request(URL_OF_HELLO), { ...PEER, hasLeft: () => true });
  assertEquals(log.map((entry) => entry.status), [499]);
});

Deno.test("a run cancelled otherwise means that the server is stopping", async () => {
  const response = await fetchResult(ran({ outcome: { kind: "cancelled" } }));
  assertEquals([response.status, (await response.json()).code], [503, "shutting_down"]);
});

Deno.test("a function's own status, headers and cookies are sent", async () => {
  const stdout =
    "Status: 201\nContent-Type: text/css\nSet-Cookie: a=1\nSet-Cookie: b=2\nX-A: x\n\n*";
  const response = await fetchResult(ran({ stdout }));
  assertEquals(response.status, 201);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(response.headers.get("x-a"), "x");
  assertEquals(response.headers.get("x-request-id"), "00000000-1");
  assertEquals(response.headers.get("server-timing"), "run;dur=0.000");
  assertEquals(await response.text(), "*");
});

for (const status of [204, 205, 304]) {
  Deno.test(`status ${status} is sent without a body`, async () => {
    const response = await fetchResult(ran({ stdout: `Status: ${status}\n\nbody` }));
    assertEquals([response.status, response.body], [status, null]);
  });
}

Deno.test("malformed output is a 502 that says where", async () => {
  const response = await fetchResult(ran({ stdout: "no header" }), { abi: "cgi" });
  assertEquals(response.status, 502);
  const { code, byte, function: name } = await response.json();
  assertEquals([code, byte, name], ["bad_function_output", 0, "/hello"]);
});

Deno.test("a failed run is its problem, with its time", async () => {
  const response = await fetchResult(ran({ outcome: { kind: "exited", exitCode: 3 } }));
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("server-timing"), "run;dur=0.000");
  const { code, exit_code } = await response.json();
  assertEquals([code, exit_code], ["function_exited", 3]);
});

Deno.test("stats headers are sent when asked for, also with a failed run", async () => {
  for (const kind of ["ok", "timeout"] as const) {
    const dispatcher = new FakeDispatcher(() => ran({ outcome: { kind } }));
    const { headers } = await fetchHello(match("/hello"), { dispatcher, statsHeaders: true });
    assertEquals([headers.get("x-skerry-fuel"), headers.get("x-skerry-path")], ["100", "inline"]);
  }
});

Deno.test("a full queue is a 503 with Retry-After", async () => {
  const response = await fetchResult({ kind: "overloaded", retryAfterSeconds: 2 });
  assertEquals([response.status, response.headers.get("retry-after")], [503, "2"]);
  assertEquals((await response.json()).code, "overloaded");
});

Deno.test("HEAD runs a GET function and sends the headers only", async () => {
  const dispatcher = new FakeDispatcher();
  const found = match("/hello", { config: { methods: ["GET"] } });
  const response = await fetchHello(found, { dispatcher, init: { method: "HEAD" } });
  assertEquals([response.status, response.body], [200, null]);
  assertEquals(response.headers.get("content-length"), "5");
  assertEquals(stringsOf(dispatcher.last.input.environ()).includes("REQUEST_METHOD=HEAD"), true);
});

Deno.test("HEAD of an error has no body either", async () => {
  const { app } = fakeApp();
  const response = await app.fetch(new Request("http://h/nope", { method: "HEAD" }), PEER);
  assertEquals([response.status, response.body], [404, null]);
});

Deno.test("a method that the route does not name is a 405 with Allow", async () => {
  const found = match("/hello", { config: { methods: ["GET", "POST"] } });
  const response = await fetchHello(found, { init: { method: "DELETE" } });
  assertEquals([response.status, response.headers.get("allow")], [
    405,
    "GET, POST, HEAD, OPTIONS",
  ]);
  assertEquals((await response.json()).code, "method_not_allowed");
});

Deno.test("OPTIONS is answered where methods are configured, else the function's", async () => {
  const init = { method: "OPTIONS" };
  const configured = await fetchHello(match("/hello", { config: { methods: ["POST"] } }), { init });
  assertEquals([configured.status, configured.headers.get("allow")], [204, "POST, OPTIONS"]);
  const own = await fetchHello(match("/hello"), { init });
  assertEquals([own.status, await own.text()], [200, "hello"]);
});

Deno.test("a body over the limit is a 413 that ends the connection, and nothing runs", async () => {
  const dispatcher = new FakeDispatcher();
  const response = await fetchHello(match("/hello"), {
    dispatcher,
    limits: { requestBytes: 3 },
    init: { method: "POST", body: "body" },
  });
  assertEquals([response.status, response.headers.get("connection")], [413, "close"]);
  assertEquals((await response.json()).limit, 3);
  assertEquals(dispatcher.jobs, []);
});

Deno.test("a static function beats a dynamic one, and a dynamic one is found", async () => {
  const functions = directory(
    { "/hello": match("/hello") },
    { "/hello": match("/[x]"), "/other": match("/[x]", { params: { x: "other" } }) },
  );
  const { app, log } = fakeApp({ functions });
  await app.fetch(new Request(URL_OF_HELLO), PEER);
  await app.fetch(new Request("http://localhost:8080/other"), PEER);
  assertEquals(log.map((entry) => entry.route), ["/hello", "/[x]"]);
});

Deno.test("an unknown path is a 404 that names it", async () => {
  const { app, log } = fakeApp();
  const response = await app.fetch(new Request("http://h/nope?q"), PEER);
  assertEquals(response.status, 404);
  assertEquals((await response.json()).detail, "Cannot find a function or file at /nope");
  assertEquals(log[0]?.error?.code, "function_not_found");
});

Deno.test("a path that is unknown while changes are due waits for them", async () => {
  const changes = Promise.withResolvers<void>();
  const statics: Record<string, ReturnType<typeof match>> = {};
  const functions = { ...directory(statics), changesDue: () => changes.promise };
  const { app } = fakeApp({ functions });
  const [found, missing] = ["/new", "/nope"].map((path) =>
    app.fetch(new Request("http://h" + path), PEER)
  );
  statics["/new"] = match("/new");
  changes.resolve();
  assertEquals([(await found!).status, await (await found!).text()], [200, "hello"]);
  assertEquals((await missing!).status, 404);
});

for (const path of ["/a%00", "/%ff", "/..%2fhello", "/" + "a".repeat(8192)]) {
  Deno.test(`${path.slice(0, 12)} is a bad request`, async () => {
    const response = await fakeApp().app.fetch(new Request("http://h" + path), PEER);
    assertEquals([response.status, (await response.json()).code], [400, "bad_request"]);
  });
}

Deno.test("a client's own request id is used everywhere", async () => {
  const { app, log } = fakeApp();
  const init = { headers: { "x-request-id": "mine" } };
  const response = await app.fetch(new Request("http://h/nope", init), PEER);
  assertEquals(response.headers.get("x-request-id"), "mine");
  assertEquals((await response.json()).request_id, "mine");
  assertEquals(log[0]?.requestId, "mine");
});

Deno.test("standard error goes to the log with the request's id", async () => {
  const dispatcher = new FakeDispatcher(() => ran({ stderr: bytes("warning") }));
  const { app, log } = fakeApp({ dispatcher });
  await app.fetch(new Request(URL_OF_HELLO), PEER);
  assertEquals([log[0]?.requestId, log[0]?.stderr], ["00000000-1", bytes("warning")]);
});

for (
  const [when, run] of Object.entries({
    "at once": () => {
      throw new Error("secret at /home/me");
    },
    "later": () => Promise.reject(new Error("secret at /home/me")),
  })
) {
  Deno.test(`what is thrown ${when} is logged and not shown`, async () => {
    const { app, log } = fakeApp({ dispatcher: new FakeDispatcher(run) });
    const response = await app.fetch(new Request(URL_OF_HELLO), PEER);
    assertEquals(response.status, 500);
    const body = await response.json();
    assertEquals([body.code, body.request_id], ["internal_error", "00000000-1"]);
    assertEquals(JSON.stringify(body).includes("secret"), false);
    assertEquals(String(log[0]?.cause), "Error: secret at /home/me");
  });
}

Deno.test("a JSON function reads its namespace and replaces it", async () => {
  const replaced: unknown[] = [];
  const kv = {
    get: (namespace: string) => ({ from: namespace }),
    replace(namespace: string, pairs: Readonly<Record<string, string>>) {
      replaced.push([namespace, pairs]);
      return ok(undefined);
    },
  };
  const dispatcher = new FakeDispatcher(() => ran({ stdout: '{"data":"x","kv":{"n":"2"}}' }));
  const found = match("/hello", { config: { abi: "json", kvNamespace: "counter" } });
  const response = await fetchHello(found, { dispatcher, kv });
  assertEquals(await response.text(), "x");
  assertEquals(response.headers.get("content-type"), "text/html");
  const { kv: seen } = JSON.parse(new TextDecoder().decode(dispatcher.last.input.stdin));
  assertEquals(seen, { from: "counter" });
  assertEquals(replaced, [["counter", { n: "2" }]]);
});

Deno.test("a JSON function without a namespace leaves the store alone", async () => {
  const kv = {
    get: () => ({ secret: "of another" }),
    replace: () => err(skerryError("internal_error", "Cannot replace: none was expected")),
  };
  const dispatcher = new FakeDispatcher(() => ran({ stdout: '{"data":"x","kv":{"n":"2"}}' }));
  const response = await fetchHello(match("/hello", { config: { abi: "json" } }), {
    dispatcher,
    kv,
  });
  assertEquals(response.status, 200);
  assertEquals(JSON.parse(new TextDecoder().decode(dispatcher.last.input.stdin)).kv, {});
});

Deno.test("what the store refuses is the answer", async () => {
  const error = skerryError("bad_function_output", "Cannot store 2 MiB: the limit is 1 MiB");
  const response = await fetchHello(
    match("/hello", { config: { abi: "json", kvNamespace: "n" } }),
    {
      dispatcher: new FakeDispatcher(() => ran({ stdout: "{}" })),
      kv: { get: () => ({}), replace: () => err(error) },
    },
  );
  assertEquals([response.status, (await response.json()).detail], [502, error.message]);
});

Deno.test("text is text even if it looks like CGI", async () => {
  const stdout = "Status: 404\n\nx";
  const text = await fetchResult(ran({ stdout }), { abi: "text" });
  assertEquals([text.status, await text.text()], [200, stdout]);
});
