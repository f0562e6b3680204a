import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { skerryError } from "../../errors.ts";
import { ok } from "../../result.ts";
import { directory, fakeApp, FakeDispatcher, match, PEER, ran, version } from "../testing_fakes.ts";
import { FakeDeployments } from "../testing_deployments.ts";

function setUp(changes: Parameters<typeof fakeApp>[0] = {}) {
  const deployments = new FakeDeployments();
  const { app, log } = fakeApp({ deployments, ...changes });
  const send = async (method: string, path: string, init: RequestInit = {}, peer = PEER) => {
    const request = new Request(`http://localhost:8080${path}`, { method, ...init });
    const response = await app.fetch(request, peer);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { deployments, log, send };
}

const SOURCE = "int main() {}";

Deno.test("a deployment is answered with its id and its URL", async () => {
  const { send, deployments } = setUp();
  const { status, body } = await send("POST", "/deploy?name=hello&lang=c", { body: SOURCE });
  assertEquals([status, body], [200, {
    ok: true,
    id: "hello_1000",
    name: "hello",
    lang: "c",
    wasm: true,
    url: "/hello",
  }]);
  const [{ source, ...request }] = deployments.requests as [typeof deployments.requests[0]];
  assertEquals(new TextDecoder().decode(source), SOURCE);
  assertEquals(request, { name: "hello", language: "c", config: undefined, isReplacing: false });
});

Deno.test("the same as JSON is the same, also with the name and language in the query", async () => {
  const headers = { "content-type": "application/json; charset=utf-8" };
  for (
    const [query, members] of [
      ["", { name: "hello", lang: "c", code: SOURCE }],
      ["?name=hello&lang=c", { code: SOURCE, config: null }],
      ["", { name: "hello", lang: "c", code: btoa(SOURCE), base64: true, replace: true }],
    ] as const
  ) {
    const { send, deployments } = setUp();
    const { status } = await send("POST", `/deploy${query}`, {
      headers,
      body: JSON.stringify(members),
    });
    assertEquals(status, 200);
    const [request] = deployments.requests;
    assertEquals(new TextDecoder().decode(request!.source), SOURCE);
    assertEquals([request!.name, request!.language], ["hello", "c"]);
    assertEquals(request!.isReplacing, "replace" in members);
  }
});

Deno.test("a taken name is 409 in the words that clients know", async () => {
  const { send } = setUp();
  await send("POST", "/deploy?name=hello&lang=c", { body: SOURCE });
  const { status, body } = await send("POST", "/deploy?name=hello&lang=c", { body: SOURCE });
  assertEquals([status, body.ok, body.error, body.code], [
    409,
    false,
    "function name already exists",
    "name_taken",
  ]);
  const replaced = await send("POST", "/deploy?name=hello&lang=c&replace=true", { body: "x" });
  assertEquals([replaced.status, replaced.body.id], [200, "hello_1001"]);
});

for (
  const [what, path, init, words] of [
    ["no name", "/deploy?lang=c", { body: "x" }, /a name is missing/],
    [
      "no language",
      "/deploy?name=a",
      { body: "x" },
      /a language is missing; known languages are c, /,
    ],
    ["an unknown language", "/deploy?name=a&lang=cobol", { body: "x" }, /"cobol".*wasm, wat/],
    ["a language of an object", "/deploy?name=a&lang=__proto__", { body: "x" }, /unknown language/],
    ["replace=maybe", "/deploy?name=a&lang=c&replace=maybe", { body: "x" }, /true or false/],
    ["broken JSON", "/deploy", json('{"name":'), /not a JSON object/],
    ["a JSON array", "/deploy", json("[]"), /not a JSON object/],
    ["JSON that is not UTF-8", "/deploy", json(Uint8Array.of(0x22, 0xff)), /not a JSON object/],
    ["no code", "/deploy", json('{"name":"a","lang":"c"}'), /Member code must be a string/],
    ["a number for code", "/deploy", json('{"code":1}'), /Member code must be a string, found 1/],
    ["a list for a name", "/deploy", json('{"name":[],"code":""}'), /Member name must be a string/],
    ["an unknown member", "/deploy", json('{"code":"","runtime":"c"}'), /Unknown member "runtime"/],
    ["__proto__", "/deploy", json('{"code":"","__proto__":{}}'), /Unknown member/],
    ["false base64", "/deploy", json('{"code":"§","base64":true}'), /Member code must be base64/],
    ["no function", "/invoke", { body: "x" }, /a function is missing/],
  ] as const
) {
  Deno.test(`${what} is a bad request`, async () => {
    const { send, deployments } = setUp();
    const { status, body } = await send("POST", path, init as RequestInit);
    assertEquals([status, body.ok, body.code], [400, false, "bad_request"]);
    assertMatch(body.error, words);
    assertEquals(deployments.requests, []);
  });
}

function json(body: string | Uint8Array): RequestInit {
  return { headers: { "content-type": "application/json" }, body: body as BodyInit };
}

Deno.test("what cannot be built says why, and what is configured wrong is the client's fault", async () => {
  const { send, deployments } = setUp();
  const diagnostics = [{ severity: "error", message: "expected ')'", line: 1 }];
  deployments.failure = skerryError("build_failed", "Cannot build a.c: …", { diagnostics });
  const failed = await send("POST", "/deploy?name=a&lang=c", { body: "x" });
  assertEquals([failed.status, failed.body.code], [422, "build_failed"]);
  assertEquals(failed.body.diagnostics, diagnostics);
  deployments.failure = skerryError("invalid_config", "Cannot read a.toml: …");
  assertEquals((await send("POST", "/deploy?name=a&lang=c", { body: "x" })).status, 422);
  deployments.failure = skerryError("overloaded", "Cannot build a.c: too many builds wait");
  const full = await send("POST", "/deploy?name=a&lang=c", { body: "x" });
  assertEquals([full.status, full.headers.get("retry-after")], [503, "2"]);
});

Deno.test("a source over the limit is refused before it is read", async () => {
  const { send, deployments } = setUp();
  const body = new Uint8Array(50 * 1024 * 1024);
  const { status, body: answer, headers } = await send("POST", "/deploy?name=a&lang=c", { body });
  assertEquals([status, answer.code], [413, "request_too_large"]);
  assertEquals(headers.get("connection"), "close");
  assertEquals(deployments.requests, []);
  const module = await send("POST", "/deploy?name=a&lang=wasm", { body });
  assertEquals(module.status, 200);
});

Deno.test("a function is called by its name or its id, and its output is text", async () => {
  const { send, log } = setUp({
    functions: directory({ "/hello": match("/hello") }),
    dispatcher: new FakeDispatcher((job) =>
      ran({ stdout: new TextDecoder().decode(job.input.stdin) })
    ),
  });
  await send("POST", "/deploy?name=hello&lang=c", { body: SOURCE });
  for (const fn of ["hello", "hello_1000", "/hello"]) {
    const { status, body, headers } = await send("POST", `/invoke?fn=${fn}`, { body: "Hé\n" });
    assertEquals([status, body], [200, { ok: true, output: "Hé\n" }]);
    assertMatch(headers.get("x-request-id") ?? "", /^0{8}-\d$/);
    assertEquals(headers.get("server-timing"), "run;dur=0.000");
  }
  assertEquals(log.map(({ path, route, status }) => [path, route, status]), [
    ["/invoke", "/hello", 200],
    ["/invoke", "/hello", 200],
    ["/invoke", "/hello", 200],
  ]);
});

Deno.test("a function sees the call as a request for itself", async () => {
  const dispatcher = new FakeDispatcher();
  const { send } = setUp({ functions: directory({ "/hello": match("/hello") }), dispatcher });
  await send("POST", "/invoke?fn=hello&a=1&handler=_start&b=2", { body: "x" });
  const { bytes } = dispatcher.last.input.environ();
  const environ = new TextDecoder().decode(bytes).split("\0");
  for (
    const line of [
      "REQUEST_METHOD=POST",
      "QUERY_STRING=a=1&b=2",
      "SCRIPT_NAME=/hello",
      "X_FULL_URL=http://localhost:8080/hello?a=1&b=2",
    ]
  ) assertEquals(environ.includes(line), true, line);
});

Deno.test("output that is not text is base64, and a status of the function's own is told", async () => {
  const binary = setUp({
    dispatcher: new FakeDispatcher(() => {
      const answer = ran({});
      if (answer.kind === "ran") Object.assign(answer.result, { stdout: Uint8Array.of(0xff, 0) });
      return answer;
    }),
  });
  assertEquals((await binary.send("POST", "/invoke?fn=hello")).body, {
    ok: true,
    output: "/wA=",
    base64: true,
  });
  const stdout = "Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nno such cat";
  const cgi = setUp({ dispatcher: new FakeDispatcher(() => ran({ stdout })) });
  const { status, body } = await cgi.send("POST", "/invoke?fn=hello");
  assertEquals([status, body], [200, { ok: true, output: "no such cat", status: 404 }]);
});

Deno.test("a call that fails says so in the status, the words and the log", async () => {
  const { send, log } = setUp({
    dispatcher: new FakeDispatcher(() => ran({ outcome: { kind: "exited", exitCode: 3 } })),
  });
  const { status, body } = await send("POST", "/invoke?fn=hello");
  assertEquals([status, body], [500, {
    ok: false,
    error: "Cannot answer from /hello: it exited with code 3",
    code: "function_exited",
    exit_code: 3,
  }]);
  assertEquals([log[0]!.error!.code, log[0]!.fuel], ["function_exited", 100]);
  const missing = await send("POST", "/invoke?fn=nope");
  assertEquals([missing.status, missing.body.error], [404, "function not found"]);
  const none = await send("POST", `/invoke?fn=${"x".repeat(3000)}`);
  assertEquals(none.status, 404);
});

Deno.test("a full queue is 503 with the time to wait", async () => {
  const { send } = setUp({
    dispatcher: new FakeDispatcher(() => ({ kind: "overloaded", retryAfterSeconds: 7 })),
  });
  const { status, body, headers } = await send("POST", "/invoke?fn=hello");
  assertEquals([status, body.code, headers.get("retry-after")], [503, "overloaded", "7"]);
});

Deno.test("another export is called by name, and only one that is there", async () => {
  const dispatcher = new FakeDispatcher();
  const base = version();
  const signature = "() -> ()";
  const exports = ["run", "other"].map((name) => ({ name, kind: "function", signature }) as const);
  const info = { ...base.target.prepared.info, exports };
  const active = {
    ...base,
    target: { ...base.target, prepared: { ...base.target.prepared, info } },
  };
  const fn = { route: "/hello", active, load: () => Promise.resolve(ok(active)) };
  const functions = directory({ "/hello": { ...match("/hello"), fn } });
  const { send } = setUp({ functions, dispatcher });
  for (let i = 0; i < 2; i++) {
    assertEquals((await send("POST", "/invoke?fn=hello&handler=other")).status, 200);
  }
  assertEquals(dispatcher.last.target.handler, "other");
  assertEquals(dispatcher.jobs[0]!.target === dispatcher.jobs[1]!.target, true);
  const { status, body } = await send("POST", "/invoke?fn=hello&handler=nope");
  assertEquals([status, body.code], [400, "bad_request"]);
  assertStringIncludes(body.error, 'it exports no "nope"');
});

Deno.test("a function that answers GET only is called with GET", async () => {
  const dispatcher = new FakeDispatcher();
  const functions = directory({
    "/get": match("/get", { config: { methods: ["GET"] } }),
    "/put": match("/put", { config: { methods: ["PUT"] } }),
  });
  const { send } = setUp({ functions, dispatcher });
  assertEquals((await send("POST", "/invoke?fn=get")).status, 200);
  const environ = new TextDecoder().decode(dispatcher.last.input.environ().bytes);
  assertStringIncludes(environ, "REQUEST_METHOD=GET\0");
  const refused = await send("POST", "/invoke?fn=put");
  assertEquals([refused.status, refused.body.code], [405, "method_not_allowed"]);
});

Deno.test("a function's source is shown, by name or by the id of any version", async () => {
  const { send } = setUp();
  await send("POST", "/deploy?name=hello&lang=c", { body: SOURCE });
  const module = Uint8Array.of(0, 0x61, 0x73, 0xff);
  await send("POST", "/deploy?name=hello&lang=wasm&replace=true", { body: module });
  const { status, body } = await send("GET", "/function/hello");
  assertEquals([status, body.ok, body.id, body.lang, body.size], [
    200,
    true,
    "hello_1001",
    "wasm",
    4,
  ]);
  assertEquals([body.code, body.base64], ["AGFz/w==", true]);
  const older = await send("GET", "/function/hello_1000");
  assertEquals([older.body.id, older.body.code, older.body.size], ["hello_1000", SOURCE, 13]);
  const missing = await send("GET", "/function/nope");
  assertEquals([missing.status, missing.body.ok, missing.body.error], [
    404,
    false,
    "function not found",
  ]);
});

Deno.test("strangers neither deploy nor call nor read", async () => {
  const stranger = { ...PEER, remoteAddress: () => "203.0.113.1" };
  for (
    const [method, path] of [
      ["POST", "/deploy?name=a&lang=c"],
      ["POST", "/invoke?fn=hello"],
      ["GET", "/function/hello"],
    ] as const
  ) {
    const { send, deployments } = setUp();
    const { status, body } = await send(method, path, {}, stranger);
    assertEquals([status, body.ok, body.code], [403, false, "forbidden"]);
    assertEquals(deployments.requests, []);
    const guarded = setUp({ token: "t" });
    assertEquals((await guarded.send(method, path, {})).status, 401);
    const headers = { authorization: "Bearer t" };
    assertEquals((await guarded.send(method, path, { headers }, stranger)).status === 401, false);
  }
});
