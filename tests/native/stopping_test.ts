import { assert, assertEquals, assertMatch } from "@std/assert";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { childrenOf, type NativeServer, startNativeServer } from "./native_server.ts";

/** Waits until a call has printed so many lines. */
async function printedLines({ folder }: NativeServer, count: number): Promise<string[]> {
  const outputs = join(folder, "data/output");
  const lines = async () => {
    const files = await readdir(outputs);
    const texts = await Promise.all(files.map((name) => readFile(join(outputs, name), "utf8")));
    return texts.join("").trim().split("\n");
  };
  return (await eventually(lines, (found) => found.length === count)).answer;
}

async function areRunning({ server }: NativeServer, count: number): Promise<void> {
  await eventually(
    async () => (await (await fetch(`${server.url}/_/stats`)).json()).native.running,
    (running) => running === count,
  );
}

async function areGone(pids: readonly (number | string)[]): Promise<void> {
  await eventually(
    () => Promise.all(pids.map((pid) => stat(`/proc/${pid}`).then(() => true, () => false))),
    (areThere) => !areThere.includes(true),
  );
}

/** What ends while three processes that a call has forked are there, one of them in a session of its own. */
const ENDINGS: Readonly<Record<string, (native: NativeServer) => Promise<void> | void>> = {
  "the server is killed": ({ server }) => server.kill("SIGKILL"),
  "the server stops": ({ server }) => server.kill("SIGTERM"),
  "the zygote is killed": async ({ zygote }) => Deno.kill(await zygote(), "SIGKILL"),
};

for (const [what, end] of Object.entries(ENDINGS)) {
  Deno.test(`When ${what}, what calls have forked goes as well`, async () => {
    await using native = await startNativeServer({ args: ["--grace-ms", "100"] });
    const answer = native.call("hostile forks_and_hangs").catch(() => "gone");
    const pids = await printedLines(native, 3);
    await end(native);
    await answer;
    await areGone(pids);
  });
}

Deno.test("When the server is killed, its zygote and running calls go as well", async () => {
  await using native = await startNativeServer();
  const pids = await childrenOf(native.server.pid);
  const running = native.call("hostile ignores_sigterm").catch(() => "gone");
  await areRunning(native, 1);
  native.server.kill("SIGKILL");
  await running;
  await areGone(pids);
});

Deno.test("On SIGTERM running calls end well, commands sent ahead are left, and silent clients let go", async () => {
  await using native = await startNativeServer();
  const { socket, server, library } = native;
  const silent = await Deno.connect({ transport: "unix", path: socket });
  const single = native.call("basic doze");
  const session = await Deno.connect({ transport: "unix", path: socket });
  const command = `${library("basic")} doze\n`;
  await session.write(new TextEncoder().encode(command + command));
  await areRunning(native, 2);
  server.kill("SIGTERM");
  assertEquals(await single, "awake");
  const [answer, ...others] = (await new Response(session.readable).text()).split("\n");
  assertEquals([await readFile(answer!, "utf8"), others], ["awake", [""]]);
  assertEquals((await server.status).code, 0);
  assertEquals(await new Response(silent.readable).text(), "");
});

Deno.test("Calls that outlast the grace period are answered that the server stops, here and over HTTP", async () => {
  const startMs = performance.now();
  await using native = await startNativeServer({
    args: ["--grace-ms", "500", "--native-details", "--native-timeout-ms", "60000"],
  });
  const row = { runtime: "native", module: native.library("hostile"), handler: "ignores_sigterm" };
  const put = await fetch(`${native.server.url}/_/routes/GET:%2Fhangs`, {
    method: "PUT",
    body: JSON.stringify(row),
  });
  assertEquals(put.status, 200, await put.text());
  await eventually(
    async () => await (await fetch(`${native.server.url}/_/functions`)).text(),
    (functions) => functions.includes("/hangs"),
  );
  const request = fetch(`${native.server.url}/hangs`).then((response) => response.json());
  const call = native.call("hostile ignores_sigterm");
  await areRunning(native, 2);
  native.server.kill("SIGTERM");
  assertMatch(await call, /^Error: \S+ ignores_sigterm could.*\nthe server is stopping\n$/);
  assertEquals((await request).code, "shutting_down");
  assertEquals((await native.server.status).code, 0);
  assert(performance.now() - startMs < 30_000);
});
