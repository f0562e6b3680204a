import { assertEquals, assertMatch } from "@std/assert";
import { skerryError } from "../../errors.ts";
import { directory, match } from "../testing_fakes.ts";
import { FunctionDetail, FunctionStatus, LogEntry, RouteRow, Version } from "./schemas.ts";
import { wholeApp } from "./testing.ts";

const SOURCE = "int main() {}";

async function withVersions() {
  const whole = wholeApp();
  await whole.send("POST", "/_/functions?name=hello&lang=c", { body: SOURCE });
  await whole.send("PUT", "/_/functions/hello?lang=html", { body: "<p>hello</p>" });
  return whole;
}

Deno.test("a function is deployed, replaced and deleted", async () => {
  const { send, deployments } = wholeApp();
  const created = await send("POST", "/_/functions?name=hello&lang=c", { body: SOURCE });
  assertEquals(created.status, 201);
  const body = await created.json();
  assertEquals([body.name, body.id, body.url, body.config], [
    "hello",
    "hello_1000",
    "/hello",
    null,
  ]);
  const taken = await send("POST", "/_/functions?name=hello&lang=c", { body: SOURCE });
  assertEquals([taken.status, (await taken.json()).code], [409, "name_taken"]);
  const replaced = await send("POST", "/_/functions?name=hello&lang=c&replace=true", { body: "x" });
  assertEquals([replaced.status, (await replaced.json()).id], [200, "hello_1001"]);
  const put = await send("PUT", "/_/functions/hello?lang=c", { body: "y" });
  assertEquals([put.status, (await put.json()).versions.length], [200, 3]);
  const other = await send("PUT", "/_/functions/other?lang=c", { body: "y" });
  assertEquals([other.status, (await other.json()).name], [201, "other"]);
  assertEquals((await send("DELETE", "/_/functions/hello")).status, 204);
  assertEquals((await send("DELETE", "/_/functions/hello")).status, 404);
  assertEquals(deployments.list().map(({ name }) => name), ["other"]);
});

Deno.test("everything at once as JSON, with its configuration", async () => {
  const { send, deployments } = wholeApp();
  const members = { name: "hello", lang: "c", code: SOURCE, config: 'abi = "text"\n' };
  const init = { headers: { "content-type": "application/json" }, body: JSON.stringify(members) };
  const created = await send("POST", "/_/functions", init);
  assertEquals([created.status, (await created.json()).config], [201, 'abi = "text"\n']);
  assertEquals((await send("PUT", "/_/functions/hello", init)).status, 200);
  const renamed = await send("PUT", "/_/functions/goodbye", init);
  assertEquals(renamed.status, 400);
  assertMatch((await renamed.json()).detail, /names another function as well/);
  assertEquals(deployments.requests.length, 2);
});

Deno.test("of several functions at one path each can be asked for by its method", async () => {
  const row = { route: "/x", source: "route", state: "ready", size: 8 } as const;
  const statuses = [
    { ...row, method: "DELETE", file: "DELETE:/x" },
    { ...row, method: "GET", file: "GET:/x" },
    { ...row, source: "folder", file: "x.c", state: "broken" },
  ] as const;
  const functions = {
    ...directory({}),
    at: (route: string) => route === "/x" ? statuses : [],
  };
  const { send } = wholeApp({ functions });
  const first = FunctionDetail.parse(await (await send("GET", "/_/functions/x")).json());
  assertEquals([first.method, first.also?.map(({ file }) => file)], ["DELETE", ["GET:/x", "x.c"]]);
  assertEquals(first.also?.[1]?.language, "c");
  const get = await (await send("GET", "/_/functions/GET%3A%2Fx")).json();
  assertEquals([get.name, get.file, get.also.length], ["GET:/x", "GET:/x", 2]);
  assertEquals((await send("GET", "/_/functions/PUT%3A%2Fx")).status, 404);
});

Deno.test("a failed build is 422 with the compiler's messages as rows", async () => {
  const { send, deployments } = wholeApp();
  const diagnostics = [{ severity: "error", message: "expected ')'", file: "a.c", line: 1 }];
  deployments.failure = skerryError("build_failed", "Cannot build a.c: …", { diagnostics });
  const response = await send("POST", "/_/functions?name=a&lang=c", { body: "x" });
  assertEquals(response.status, 422);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assertEquals([problem.code, problem.status, problem.diagnostics], [
    "build_failed",
    422,
    diagnostics,
  ]);
  deployments.failure = skerryError("invalid_config", "Cannot read a.toml: …");
  const config = await send("POST", "/_/functions?name=a&lang=c", { body: "x" });
  assertEquals([config.status, (await config.json()).status], [422, 422]);
});

Deno.test("versions are listed and read, and any of them can be made the active one", async () => {
  const { send } = await withVersions();
  const { versions } = await (await send("GET", "/_/functions/hello/versions")).json();
  assertEquals(versions.map((each: Record<string, unknown>) => [each.id, each.is_active]), [
    ["hello_1001", true],
    ["hello_1000", false],
  ]);
  const active = await send("GET", "/_/functions/hello/source");
  assertEquals(await active.text(), "<p>hello</p>");
  // Never as a page: whoever deploys could else use the management API from it.
  assertEquals(active.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(active.headers.get("x-content-type-options"), "nosniff");
  const older = await send("GET", "/_/functions/hello/source?version=hello_1000");
  assertEquals([await older.text(), older.headers.get("x-skerry-language")], [SOURCE, "c"]);
  const rolled = await send("POST", "/_/functions/hello/rollback");
  assertEquals([rolled.status, (await rolled.json()).id], [200, "hello_1000"]);
  const body = '{"version":"hello_1001"}';
  const forward = await send("POST", "/_/functions/hello/rollback", { body });
  assertEquals((await forward.json()).id, "hello_1001");
});

for (
  const [method, path, body, status, code] of [
    ["GET", "/_/functions/nope", undefined, 404, "function_not_found"],
    ["GET", "/_/functions/nope/versions", undefined, 404, "function_not_found"],
    ["GET", "/_/functions/nope/source", undefined, 404, "function_not_found"],
    ["GET", "/_/functions/nope/logs", undefined, 404, "function_not_found"],
    ["GET", "/_/functions/hello/source?version=hello_9", undefined, 404, "version_not_found"],
    ["POST", "/_/functions/nope/rollback", undefined, 404, "function_not_found"],
    ["POST", "/_/functions/hello/rollback", '{"version":"x"}', 404, "version_not_found"],
    ["POST", "/_/functions/hello/rollback", '{"version":1}', 400, "bad_request"],
    ["POST", "/_/functions/hello/rollback", '{"id":"x"}', 400, "bad_request"],
    ["POST", "/_/functions/hello/rollback", "[]", 400, "bad_request"],
    ["POST", "/_/functions/hello/rollback", " ".repeat(5000), 413, "request_too_large"],
    ["GET", "/_/functions/hello/logs?limit=0", undefined, 400, "bad_request"],
    ["GET", "/_/functions/hello/logs?limit=1e9", undefined, 400, "bad_request"],
    ["GET", "/_/functions/hello/logs?after=soon", undefined, 400, "bad_request"],
    ["POST", "/_/functions?lang=c", "x", 400, "bad_request"],
    ["POST", "/_/functions?name=a&lang=cobol", "x", 400, "bad_request"],
    ["PATCH", "/_/functions", undefined, 405, "method_not_allowed"],
    ["GET", "/_/functions/hello/rollback", undefined, 404, "function_not_found"],
    ["DELETE", "/_/routes/GET:%2Fnope", undefined, 404, "route_not_found"],
    ["PUT", "/_/routes/GET:%2Fbad", "{}", 422, "invalid_config"],
    ["PUT", "/_/routes/GET:%2Fx", Uint8Array.of(0x22, 0xff, 0x22), 400, "bad_request"],
    ["PUT", "/_/routes/GET:%2Fx", "x".repeat(300_000), 413, "request_too_large"],
  ] as const
) {
  Deno.test(`${method} ${path} ${String(body).slice(0, 20)} is ${status} ${code}`, async () => {
    const { send } = await withVersions();
    const response = await send(method, path, body === undefined ? {} : { body: body as BodyInit });
    assertEquals([response.status, (await response.json()).code], [status, code]);
  });
}

Deno.test("rows of the route table are put, listed and deleted, with or without escapes", async () => {
  const { send, routes } = wholeApp();
  const row = '{"name":"a","runtime":"wasm","module":"a.wasm"}';
  const put = await send("PUT", "/_/routes/POST%3A%2Fapi%2F%5Bid%5D", { body: row });
  assertEquals([put.status, (await put.json()).value], [200, row]);
  assertEquals((await send("PUT", "/_/routes/GET:/api/a b", { body: row })).status, 200);
  assertEquals(routes.list().map(({ key }) => key), ["POST:/api/[id]", "GET:/api/a b"]);
  assertEquals((await (await send("GET", "/_/routes")).json()).routes.length, 2);
  assertEquals((await send("DELETE", "/_/routes/GET:/api/a%20b")).status, 204);
  assertEquals((await send("DELETE", "/_/routes/POST:%2Fapi%2F[id]")).status, 204);
  assertEquals(routes.list(), []);
});

Deno.test("a function's log is read by name or route, and followed", async () => {
  const functions = directory({ "/hello": match("/hello"), "/g/[name]": match("/g/[name]") });
  const { send, functionLogs } = wholeApp({ functions });
  const report = (route: string, stderr: string) => ({
    requestId: "r-1",
    method: "GET",
    path: route,
    status: 200,
    route,
    stderr: new TextEncoder().encode(stderr),
  });
  for (let i = 0; i < 3; i++) functionLogs.add(report("/g/[name]", `${i}`));
  functionLogs.add(report("/hello", "other"));
  const read = async (query: string) => {
    const response = await send("GET", `/_/functions/g%2F[name]/logs${query}`);
    return (await response.json()).entries as { readonly id: number; readonly stderr: string }[];
  };
  const entries = await read("");
  assertEquals(entries.map(({ stderr }) => stderr), ["0", "1", "2"]);
  assertEquals((await read("?limit=1")).map(({ stderr }) => stderr), ["2"]);
  assertEquals((await read(`?after=${entries[1]!.id}`)).map(({ stderr }) => stderr), ["2"]);
  const headers = { accept: "text/event-stream", "last-event-id": String(entries[0]!.id) };
  const followed = await send("GET", "/_/functions/g%2F[name]/logs", { headers });
  assertEquals(followed.headers.get("content-type"), "text/event-stream");
  functionLogs.add(report("/g/[name]", "3"));
  await functionLogs.close();
  const events = await followed.text();
  assertEquals([...events.matchAll(/"stderr":"(.*?)"/g)].map((found) => found[1]), ["1", "2", "3"]);
});

Deno.test("a log that the disk does not give is a problem, not a crash", async () => {
  const functions = directory({ "/hello": match("/hello") });
  const { send, functionLogs, files } = wholeApp({ functions });
  files.read = () => Promise.reject(new Error("EIO /home/me"));
  const response = await send("GET", "/_/functions/hello/logs");
  const text = await response.text();
  assertEquals([response.status, text.includes("/home")], [500, false]);
  await functionLogs.close();
});

Deno.test("what is answered has the described shape, and no other members", async () => {
  const { send } = await withVersions();
  const get = async (path: string) => await (await send("GET", path)).json();
  await send("PUT", "/_/routes/GET:/x", { body: "{}" });
  const strict = [
    ...(await get("/_/functions")).functions.map((each: unknown) => [FunctionStatus, each]),
    [FunctionDetail, await get("/_/functions/hello")],
    ...(await get("/_/functions/hello/versions")).versions.map((each: unknown) => [Version, each]),
    ...(await get("/_/routes")).routes.map((each: unknown) => [RouteRow, each]),
  ];
  for (const [schema, value] of strict) schema.strict().parse(value);
  assertEquals(strict.length >= 5, true);
  assertEquals(LogEntry.strict().safeParse({ id: 1, time: "x", function: "/f" }).success, false);
});
