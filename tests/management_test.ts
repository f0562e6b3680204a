/** The API of a real server, with real builds: what the README of the mini-FaaS shows, and what goes wrong. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { sign } from "hono/jwt";
import { connect } from "node:net";
import { GUESTS } from "./guests/guests.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { type ServerProcess, startServer } from "./support/server.ts";

const HELLO_C = `#include <stdio.h>
int main(void) {
  char body[256];
  size_t length = fread(body, 1, sizeof body, stdin);
  fprintf(stderr, "read %zu bytes\\n", length);
  printf("Hello from C: %.*s\\n", (int)length, body);
}
`;
const EMPTY_WAT = `(module (memory (export "memory") 1) (func (export "_start")))`;
const TRAP_WAT = `(module (memory (export "memory") 1) (func (export "_start") unreachable))`;
const HANDLERS_WAT = `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00\\11\\00\\00\\00\\01\\00\\00\\00ab")
  (func (export "run") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32))))
  (func (export "other") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 32)))))`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

async function setUp(args: readonly string[] = [], authorization?: string) {
  const folder = await temporaryFolder();
  const server = await startServer(folder.path, { args });
  const send = async (
    method: string,
    path: string,
    body?: BodyInit,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const auth: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await fetch(server.url + path, {
      method,
      body,
      headers: { ...auth, ...headers },
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  };
  return {
    server,
    folder,
    send,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Source in C is deployed, called and read back as the mini-FaaS API shows it", async () => {
  await using scene = await setUp();
  const { send } = scene;
  const deployed = await send("POST", "/deploy?name=hello&lang=c", HELLO_C);
  const { id } = deployed.body;
  assertMatch(id, /^hello_\d{10}$/);
  assertEquals([deployed.status, deployed.body], [200, {
    ok: true,
    id,
    name: "hello",
    lang: "c",
    wasm: true,
    url: "/hello",
  }]);
  for (const fn of [id, "hello"]) {
    const invoked = await send("POST", `/invoke?fn=${fn}`, '{"input":"test"}');
    assertEquals(invoked.body, { ok: true, output: 'Hello from C: {"input":"test"}\n' });
  }
  assertEquals((await send("POST", "/hello", "direct")).body, "Hello from C: direct\n");
  const { body: shown } = await send("GET", "/function/hello");
  assertEquals([shown.ok, shown.id, shown.lang, shown.size, shown.code], [
    true,
    id,
    "c",
    HELLO_C.length,
    HELLO_C,
  ]);
  const taken = await send("POST", "/deploy?name=hello&lang=c", HELLO_C);
  assertEquals([taken.status, taken.body], [409, {
    ok: false,
    error: "function name already exists",
    code: "name_taken",
  }]);
  const broken = await send("POST", "/deploy?name=broken&lang=c", "int main( {");
  assertEquals([broken.status, broken.body.code], [422, "build_failed"]);
  const [first] = broken.body.diagnostics;
  assertEquals([first.file, first.line, first.severity], ["broken.c", 1, "error"]);
  // What was written to standard error is in the function's log.
  const logs = await send("GET", "/_/functions/hello/logs?limit=1");
  assertEquals(logs.body.entries[0].stderr, "read 6 bytes\n");
});

Deno.test("A slow build delays nobody, and two deployments of a name have one winner", async () => {
  await using scene = await setUp();
  const { send } = scene;
  assertEquals((await send("POST", "/deploy?name=page&lang=html", "<p>fast</p>")).status, 200);
  const slow = `#include <stdio.h>\n${
    Array.from({ length: 400 }, (_, i) => `int f${i}(int a) { return a * ${i} + a; }`).join("\n")
  }\nint main(void) { printf("slow"); }`;
  let isBuilt = false;
  const races = ["a", "b"].map(async (mark) => {
    const answer = await send("POST", "/deploy?name=slow&lang=c", `${slow} // ${mark}`);
    isBuilt = true;
    return answer.status;
  });
  let answered = 0;
  let worstMs = 0;
  while (!isBuilt) {
    const startMs = performance.now();
    assertEquals((await send("GET", "/page")).body, "<p>fast</p>");
    worstMs = Math.max(worstMs, performance.now() - startMs);
    answered++;
  }
  assertEquals((await Promise.all(races)).sort(), [200, 409]);
  assert(answered > 5, `${answered} requests were answered meanwhile`);
  assert(worstMs < 2000, `one took ${worstMs} ms`);
  assertEquals((await send("GET", "/slow")).body, "slow");
});

Deno.test("Functions are managed: versions, sources, rollback and deletion", async () => {
  await using scene = await setUp();
  const { send } = scene;
  const first = await send("PUT", "/_/functions/page?lang=html", "<p>one</p>");
  assertEquals([first.status, first.body.url, first.body.language], [201, "/page", "html"]);
  const second = await send("POST", "/_/functions?name=page&lang=html&replace=true", "<p>two</p>");
  assertEquals(second.status, 200);
  assertEquals((await send("GET", "/page")).body, "<p>two</p>");
  const { versions } = (await send("GET", "/_/functions/page/versions")).body;
  assertEquals(versions.map((each: Record<string, unknown>) => each.is_active), [true, false]);
  const older = await send("GET", `/_/functions/page/source?version=${versions[1].id}`);
  assertEquals([older.body, older.headers.get("x-skerry-version")], [
    "<p>one</p>",
    versions[1].id,
  ]);
  assertEquals((await send("POST", "/_/functions/page/rollback")).body.id, versions[1].id);
  assertEquals((await send("GET", "/page")).body, "<p>one</p>");
  const listed = (await send("GET", "/_/functions")).body.functions;
  assertEquals(
    listed.map((each: Record<string, unknown>) => [each.name, each.source, each.language]),
    [["page", "deployed", "html"]],
  );
  assertEquals((await send("DELETE", "/_/functions/page")).status, 204);
  assertEquals([
    (await send("GET", "/page")).status,
    (await send("GET", "/_/functions/page")).status,
  ], [
    404,
    404,
  ]);
});

Deno.test("A reactor's functions are called by handler, and a trap is an answer", async () => {
  await using scene = await setUp();
  const { send } = scene;
  const code = { name: "two", lang: "wat", code: HANDLERS_WAT };
  const json = { "content-type": "application/json" };
  assertEquals((await send("POST", "/deploy", JSON.stringify(code), json)).status, 200);
  assertEquals((await send("POST", "/invoke?fn=two")).body, { ok: true, output: "a" });
  assertEquals((await send("POST", "/invoke?fn=two&handler=other")).body, {
    ok: true,
    output: "b",
  });
  const missing = await send("POST", "/invoke?fn=two&handler=third");
  assertEquals([missing.status, missing.body.ok, missing.body.code], [400, false, "bad_request"]);
  await send("POST", "/deploy?name=trap&lang=wat", TRAP_WAT);
  const trapped = await send("POST", "/invoke?fn=trap");
  assertEquals([trapped.status, trapped.body.ok, trapped.body.code, trapped.body.trap], [
    500,
    false,
    "function_trapped",
    "unreachable",
  ]);
});

Deno.test("A configuration comes along, and cannot reach the host", async () => {
  await using scene = await setUp();
  const { send } = scene;
  const deploy = (name: string, config: string) =>
    send(
      "POST",
      "/_/functions",
      JSON.stringify({ name, lang: "wat", code: EMPTY_WAT, config }),
      { "content-type": "application/json" },
    );
  const limited = await deploy("limited", 'methods = ["POST"]\n[limits]\nfuel = 100000\n');
  assertEquals([limited.status, limited.body.methods], [201, ["POST"]]);
  assertEquals((await send("GET", "/limited")).status, 405);
  for (
    const config of [
      '[[mounts]]\nhost = "/etc"\nguest = "/etc"\n',
      '[env]\nHOME = "$HOME"\n',
      "[limits]\nfuel = -1\n",
      "surprise = true\n",
      "not toml",
    ]
  ) {
    const refused = await deploy("refused", config);
    assertEquals([refused.status, refused.body.code], [422, "invalid_config"], config);
  }
  assertEquals((await send("GET", "/_/functions/refused")).status, 404);
});

const MEGABYTE = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };

Deno.test("Bad names, languages, bodies and sizes are refused with their reasons", async () => {
  await using scene = await setUp();
  const { send } = scene;
  const bad: readonly [string, BodyInit, Record<string, string>, number, RegExp][] = [
    ["name=a%2Fb&lang=c", "x", {}, 400, /"a\/b"/],
    ["name=..&lang=c", "x", {}, 400, /"\.\."/],
    ["name=..%2F..%2Fetc%2Fpasswd&lang=c", "x", {}, 400, /Cannot call a function/],
    ["name=a%20b&lang=c", "x", {}, 400, /"a b"/],
    ["name=%00&lang=c", "x", {}, 400, /Cannot call a function/],
    [`name=${"n".repeat(300)}&lang=c`, "x", {}, 400, /300 characters, and the limit is 64/],
    ["name=&lang=c", "x", {}, 400, /it is empty/],
    ["name=deploy&lang=c", "x", {}, 400, /belongs to Skerry/],
    ["lang=c", "x", {}, 400, /a name is missing/],
    ["name=a", "x", {}, 400, /a language is missing; known languages are c, cpp, /],
    ["name=a&lang=cobol", "x", {}, 400, /"cobol"; known languages are c, cpp, go, html, js, php/],
    ["name=a&lang=c", "", {}, 400, /the source is empty/],
    ["name=a&lang=wasm", "not wasm", {}, 422, /Cannot/],
    ["name=a&lang=wat", Uint8Array.of(0xff, 0xfe, 0x00), {}, 422, /Cannot/],
    ["name=a&lang=c", Uint8Array.of(0xff, 0xfe, 0x00), {}, 422, /Cannot build a\.c/],
    ["", '{"name":"a","lang":"c","code":', JSON_TYPE, 400, /not a JSON object/],
    ["", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), JSON_TYPE, 400, /not a JSON object/],
    ["", '{"name":7,"lang":"c","code":"x"}', JSON_TYPE, 400, /Member name must be a string/],
    ["", '{"name":"a","lang":["c"],"code":"x"}', JSON_TYPE, 400, /Member lang must be a string/],
    ["", '{"name":"a","lang":"c","code":"x","replace":"yes"}', JSON_TYPE, 400, /Member replace/],
    ["name=a&lang=c", new Uint8Array(50 * MEGABYTE), {}, 413, /larger than 4194304 bytes/],
    ["name=a&lang=c", new Uint8Array(50 * MEGABYTE), JSON_TYPE, 413, /larger than 8388608 bytes/],
    ["name=a&lang=c", " ".repeat(5 * MEGABYTE), {}, 413, /larger/],
    ["name=a&lang=wasm", new Uint8Array(130 * MEGABYTE), {}, 413, /larger than 134217728 bytes/],
  ];
  for (const [query, body, headers, status, words] of bad) {
    for (const path of ["/deploy", "/_/functions"]) {
      const answer = await send("POST", `${path}?${query}`, body, headers);
      assertEquals([query, answer.status], [query, status]);
      assertMatch(answer.body.error ?? answer.body.detail, words);
    }
  }
  assertEquals((await send("GET", "/_/functions")).body.functions, []);
  assertEquals((await send("PUT", "/_/functions/..%2Fetc?lang=c", "x")).status, 400);
});

Deno.test("A client that stops in the middle of its source is given up, and harms nobody", async () => {
  await using scene = await setUp(["--body-timeout-ms", "300"]);
  const { hostname, port } = new URL(scene.server.url);
  const head =
    `POST /deploy?name=half&lang=c HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n`;
  const slow = connect(Number(port), hostname);
  let answer = "";
  slow.on("data", (piece) => answer += piece.toString());
  slow.on("error", () => {});
  slow.write(`${head}int main(`);
  for (let i = 0; i < 20; i++) {
    const gone = connect(Number(port), hostname);
    gone.on("error", () => {});
    gone.write(`${head}int`, () => gone.destroy());
  }
  await eventually(() => Promise.resolve(answer), (text) => text.includes("request_timeout"));
  assertMatch(answer, /^HTTP\/1\.1 408 /);
  slow.destroy();
  const after = await scene.send("POST", "/deploy?name=half&lang=html", "<p>whole</p>");
  assertEquals(after.status, 200);
});

Deno.test("With a token, only who bears it or a signed JSON Web Token is answered", async () => {
  const secret = "a secret that is long enough for HS256";
  await using scene = await setUp(["--token", "right", "--jwt-secret", secret]);
  const { send } = scene;
  const expired = await sign({ exp: 1 }, secret, "HS256");
  const foreign = await sign({ sub: "me" }, `${secret}!`, "HS256");
  const signed = await sign({ sub: "me", exp: 4102444800 }, secret, "HS256");
  const requests = [
    ["POST", "/deploy?name=a&lang=html"],
    ["POST", "/invoke?fn=a"],
    ["GET", "/function/a"],
    ["GET", "/_/functions"],
    ["PUT", "/_/functions/a?lang=html"],
    ["GET", "/_/functions/a/logs"],
    ["DELETE", "/_/functions/a"],
    ["GET", "/_/routes"],
    ["GET", "/_/stats"],
  ] as const;
  for (const [method, path] of requests) {
    for (const given of [undefined, "wrong", expired, foreign]) {
      const headers: Record<string, string> = given === undefined
        ? {}
        : { authorization: `Bearer ${given}` };
      const body = method === "GET" || method === "DELETE" ? undefined : "<p>a</p>";
      const refused = await send(method, path, body, headers);
      assertEquals([path, refused.status, refused.body.code], [path, 401, "unauthorized"]);
    }
  }
  // What the API can do is no secret, and a browser bears no token.
  assertEquals((await send("GET", "/_/openapi.json")).status, 200);
  const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
  const deployed = await send("POST", "/deploy?name=a&lang=html", "<p>a</p>", bearer("right"));
  assertEquals(deployed.status, 200);
  const listed = await send("GET", "/_/functions", undefined, bearer(signed));
  assertEquals(listed.body.functions.length, 1);
  assertEquals((await send("GET", "/a")).body, "<p>a</p>");
});

Deno.test("A log is followed over HTTP, from where the last reader was cut off until the server stops", async () => {
  await using scene = await setUp();
  const { send, server } = scene;
  await send("POST", "/deploy?name=trap&lang=wat", TRAP_WAT);
  for (let i = 0; i < 3; i++) await send("GET", "/trap");
  const { entries } = (await send("GET", "/_/functions/trap/logs")).body;
  assertEquals(entries.map((each: Record<string, unknown>) => each.code), [
    "function_trapped",
    "function_trapped",
    "function_trapped",
  ]);
  const events = await follow(server, "/_/functions/trap/logs", String(entries[0].id));
  await eventually(() => Promise.resolve(events.text), (text) => count(text) === 2);
  await send("GET", "/trap");
  await eventually(() => Promise.resolve(events.text), (text) => count(text) === 3);
  server.kill("SIGTERM");
  await events.ended;
  assertEquals((await server.status).code, 0);
});

function count(text: string): number {
  return text.split("event: entry\n").length - 1;
}

async function follow(server: ServerProcess, path: string, lastEventId: string) {
  const headers = { accept: "text/event-stream", "last-event-id": lastEventId };
  const response = await fetch(server.url + path, { headers });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const events = { text: "", ended: Promise.resolve() };
  events.ended = (async () => {
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      events.text += piece;
    }
  })();
  return events;
}

Deno.test("Paths of the API are no function's, and a file that wants one is told so", async () => {
  await using scene = await setUp();
  await scene.folder.write("deploy.html", "<p>mine</p>");
  await scene.folder.write("[any].html", "<p>any</p>");
  await eventually(() => scene.send("GET", "/x"), ({ body }) => body === "<p>any</p>");
  const got = await scene.send("GET", "/deploy");
  assertEquals([got.status, got.headers.get("allow")], [405, "POST, OPTIONS"]);
  const { functions } = (await scene.send("GET", "/_/functions")).body;
  const refused = functions.find(({ file }: { readonly file: string }) => file === "deploy.html");
  assertMatch(refused.error.message, /the path \/deploy belongs to Skerry's own API$/);
});

Deno.test("The API is the same from source and bundled, on Deno and on Node", async (t) => {
  await using bundleFolder = await temporaryFolder();
  await using folder = await temporaryFolder({ "trap.wasm": await GUESTS.unreachable() });
  for (const runtime of await allRuntimes(await buildBundle(bundleFolder.path))) {
    await t.step(runtime.name, async () => {
      await using server = await startServer(folder.path, { runtime });
      const get = (path: string) => fetch(server.url + path);
      const { openapi, paths } = await (await get("/_/openapi.json")).json();
      assertEquals([openapi, "/_/functions/{name}" in paths], ["3.1.0", true]);
      assertMatch(await (await get("/_/docs")).text(), /^\s*<!doctype html>/i);
      const put = { method: "PUT", body: "<p>here</p>" };
      assertEquals((await fetch(`${server.url}/_/functions/page?lang=html`, put)).status, 201);
      const invoked = await fetch(`${server.url}/invoke?fn=page`, { method: "POST" });
      assertEquals(await invoked.json(), { ok: true, output: "<p>here</p>" });
      const large = new Uint8Array(50 * MEGABYTE);
      const refused = await fetch(`${server.url}/deploy?name=big&lang=c`, {
        method: "POST",
        body: large,
      });
      assertEquals([refused.status, (await refused.json()).code], [413, "request_too_large"]);
      const events = await follow(server, "/_/functions/trap/logs", "0");
      await (await get("/trap")).body?.cancel();
      await eventually(() => Promise.resolve(events.text), (text) => count(text) === 1);
      server.kill("SIGTERM");
      await events.ended;
      assertEquals((await server.status).code, 0);
    });
  }
});
