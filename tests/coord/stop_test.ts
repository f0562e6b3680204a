/** A server that is asked to stop: functions that use locks and logs end well, clients are sent away at once. */
import { assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CoordClient } from "../../runtime/coord/client/coord_client.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { valueOf } from "../support/results.ts";
import { ROOT, startServer } from "../support/server.ts";

async function place() {
  const functions = await temporaryFolder({
    "coord.wasm": await readFile(join(ROOT, "tests/guests/c/coord.wasm")),
    "coord.toml": `[coord]\nlocks = ["*"]\nlogs = ["*"]\n[limits]\ntimeout_ms = 20000\n`,
  });
  const data = await temporaryFolder();
  const start = (args: string[] = []) => startServer(functions.path, { data: data.path, args });
  const disposing = async () => {
    await functions[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  };
  return { start, [Symbol.asyncDispose]: disposing };
}

async function logText(url: string): Promise<string> {
  const headers = { accept: "application/octet-stream" };
  return await (await fetch(`${url}/_/logs/file_0`, { headers })).text();
}

async function queueLength(url: string): Promise<number> {
  return (await (await fetch(`${url}/_/locks/files`)).json()).queue.length;
}

const ALL_OF_IT = `begun ${".".repeat(15)} done\n`;

Deno.test("A function that holds a lock and appends goes on while the server stops; clients do not wait for that", async () => {
  await using stopping = await place();
  {
    await using server = await stopping.start();
    const { url } = server;
    const order: string[] = [];
    const running = fetch(`${url}/coord?slow`).then(async (response) => {
      order.push("function");
      return await response.text();
    });
    await eventually(() => logText(url), (text) => text.startsWith("begun"));
    const post = (path: string, body: unknown) =>
      fetch(`${url}/_/${path}`, { method: "POST", body: JSON.stringify(body) });
    await (await post("sessions/init", { client_id: "me" })).body?.cancel();
    const waiting = post("locks/files/acquire", { client_id: "me", seq: 0 }).then(
      async (answer) => {
        order.push("client");
        return (await answer.json()).code;
      },
    );
    const headers = { accept: "text/event-stream" };
    const stream = await fetch(`${url}/_/logs/file_9`, { headers });
    const following = stream.text().then(() => order.push("follower"));
    await eventually(() => queueLength(url), (length) => length === 1);
    server.kill("SIGTERM");
    assertEquals([await running, await waiting], ["done\n", "shutting_down"]);
    await following;
    assertEquals(order.at(-1), "function");
    assertEquals((await server.status).code, 0);
  }
  await using again = await stopping.start();
  assertEquals(await logText(again.url), ALL_OF_IT);
});

Deno.test("A function that waits for a lock while the server stops gets it", async () => {
  await using stopping = await place();
  await using server = await stopping.start();
  const holder = valueOf(await CoordClient.init({ url: server.url }));
  valueOf(await holder.lockAcquire("files", { ttlMs: 2500 })).settle();
  const waiting = fetch(`${server.url}/coord?wait`).then((response) => response.text());
  await eventually(() => queueLength(server.url), (length) => length === 1);
  server.kill("SIGTERM");
  assertEquals(await waiting, "got it\n");
  assertEquals((await server.status).code, 0);
});

Deno.test("A function that the grace period cuts off leaves no lock behind", async () => {
  await using stopping = await place();
  {
    await using server = await stopping.start(["--grace-ms", "200"]);
    const cut = fetch(`${server.url}/coord?sleep`).then((response) => response.json());
    const holder = async () =>
      (await (await fetch(`${server.url}/_/locks/files`)).json()).holder as string | null;
    await eventually(holder, (name) => name !== null);
    server.kill("SIGTERM");
    assertEquals((await cut).code, "shutting_down");
    assertEquals((await server.status).code, 0);
  }
  await using again = await stopping.start();
  const { holder } = await (await fetch(`${again.url}/_/locks/files`)).json();
  assertEquals(holder, null);
});
