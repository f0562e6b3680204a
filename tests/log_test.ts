/** The server's own log, as it leaves a real server. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { GUESTS, printer } from "./guests/guests.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

async function functions() {
  return await temporaryFolder({
    "fine.wasm": await printer("fine\n")(),
    "broken.wasm": await GUESTS.unreachable(),
    "complains.wasm": await GUESTS.writeStderr(),
  });
}

/** The entries of the log among everything that was printed. */
function entries(output: string): Record<string, unknown>[] {
  return output.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

Deno.test("Every entry of a request has its id, a level and a time, one JSON object a line", async () => {
  await using folder = await functions();
  await using server = await startServer(folder.path, { args: ["--log-level", "debug"] });
  for (const name of ["fine", "broken", "complains"]) {
    const response = await fetch(`${server.url}/${name}`, { headers: { "x-request-id": name } });
    await response.body?.cancel();
  }
  await server.printed("to stderr");
  await server.printed("GET /complains");
  const seen = entries(server.output()).map(({ level, message, request }) => {
    return { level, message, request };
  });
  assertEquals(seen, [
    { level: "debug", message: "GET /fine", request: "fine" },
    { level: "warn", message: "GET /broken", request: "broken" },
    { level: "info", message: "to stderr", request: "complains" },
    { level: "debug", message: "GET /complains", request: "complains" },
  ]);
  for (const { time } of entries(server.output())) assertMatch(String(time), /^\d{4}-.*Z$/);
});

Deno.test("At level error, failures of functions are not written; SIGHUP changes the level", async () => {
  await using folder = await functions();
  const file = join(folder.path, "my.toml");
  await folder.write("my.toml", 'log_level = "error"');
  await using server = await startServer(folder.path, { args: ["--config", file] });
  const call = async (id: string) => {
    const headers = { "x-request-id": id };
    await (await fetch(`${server.url}/broken`, { headers })).body?.cancel();
  };
  await call("unheard");
  await folder.write("my.toml", 'log_level = "warn"');
  server.kill("SIGHUP");
  await eventually(async () => {
    await call("heard");
    return server.output();
  }, (output) => output.includes('"heard"'));
  assertEquals(server.output().includes("unheard"), false);
});

Deno.test("Secrets of requests and of the server are in no line of the log, whatever is logged", async () => {
  await using folder = await functions();
  const args = ["--log-level", "debug", "--log-requests", "--token", "server-secret-token"];
  const env = { SKERRY_JWT_SECRET: "server-secret-".repeat(4) };
  await using server = await startServer(folder.path, { args, env });
  const headers = {
    authorization: "Bearer client-secret-bearer",
    cookie: "session=client-secret-cookie",
    "x-api-key": "client-secret-key",
  };
  const paths = [
    "fine",
    "broken",
    "nothing",
    "complains",
    "invoke",
    "deploy",
    "_/functions",
    "_/nil",
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST"]) {
      const url = `${server.url}/${path}?token=client-secret-query&fn=fine`;
      const body = method === "POST" ? "client-secret-body" : undefined;
      await (await fetch(url, { method, headers, body })).body?.cancel();
    }
  }
  const own = { authorization: "Bearer server-secret-token" };
  const invoked = `${server.url}/invoke?fn=broken&token=client-secret-query`;
  await (await fetch(invoked, { method: "POST", headers: own })).body?.cancel();
  await server.printed("POST /complains");
  await server.printed("POST /invoke");
  assertEquals(/[^\n]*(?:client|server)-secret[^\n]*/.exec(server.output())?.[0], undefined);
});

Deno.test("A level that there is not is a usage error", async () => {
  await using folder = await functions();
  const args = ["--log-level", "loud"];
  const failure = await startServer(folder.path, { args }).then(() => "", String);
  assertMatch(failure, /--log-level must be one of debug, info, warn, error, found "loud"/);
});
