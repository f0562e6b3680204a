/** Following a log from the command line, while the server goes and comes back. */
import { assertEquals } from "@std/assert";
import { skerry, startSkerry } from "./support/command_line.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type ServerProcess, startServer } from "./support/server.ts";
import { writingWat } from "./support/wat_source.ts";

/** A server that can be ended and started again, at the same address and with the same data. */
async function restartable() {
  const functions = await temporaryFolder({ "talks.wat": writingWat("to the log", [2]) });
  const data = await temporaryFolder();
  const start = (port: string): Promise<ServerProcess> =>
    startServer(functions.path, { data: data.path, args: ["--port", port] });
  let server = await start("0");
  const { url } = server;
  return {
    url,
    async end(signal: Deno.Signal) {
      server.kill(signal);
      await server.status;
    },
    async restart() {
      await server[Symbol.asyncDispose]();
      server = await start(new URL(url).port);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await functions[Symbol.asyncDispose]();
      await data[Symbol.asyncDispose]();
    },
  };
}

const gone = (url: string) => `The server at ${url} is gone; waiting for it to come back\n`;

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  Deno.test(`Who follows a lock-guarded log is told that the server is gone, and misses nothing (${signal})`, async () => {
    await using place = await restartable();
    const env = { SKERRY_URL: place.url };
    const append = async (text: string) =>
      assertEquals((await skerry(["log", "append", "file_0", text], { env })).code, 0);
    await append("one\n");
    await using following = startSkerry(["log", "read", "file_0", "--follow"], { env });
    await following.printed("one\n");
    await place.end(signal);
    await following.printed("is gone");
    await place.restart();
    await append("two\n");
    await append("three\n");
    await following.printed("three\n");
    assertEquals(following.output(), `one\n${gone(place.url)}two\nthree\n`);
  });
}

Deno.test("Who follows a function's log is told that the server is gone, and misses nothing", async () => {
  await using place = await restartable();
  const call = async (id: string) => {
    const headers = { "x-request-id": id };
    await (await fetch(`${place.url}/talks`, { headers })).body?.cancel();
  };
  const args = ["logs", "talks", "--follow", "--json", "--url", place.url];
  await using following = startSkerry(args);
  await call("one");
  await following.printed('"one"');
  const timesTold = () => Promise.resolve(following.output().split("is gone").length - 1);
  for (const [signal, id, times] of [["SIGKILL", "two", 1], ["SIGTERM", "three", 2]] as const) {
    await place.end(signal);
    await eventually(timesTold, (told) => told === times);
    await place.restart();
    await call(id);
    await following.printed(`"${id}"`);
  }
  const lines = following.output().trimEnd().split("\n");
  const told = lines.map((line) => line.startsWith("{") ? JSON.parse(line).request_id : line);
  const isGone = gone(place.url).trimEnd();
  assertEquals(told, ["one", isGone, "two", isGone, "three"]);
});
