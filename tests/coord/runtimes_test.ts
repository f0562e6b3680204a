/** Locks and logs from the bundle, on Deno and on Node; their client on Node, and where there is only what browsers have. */
import { assertEquals, assertMatch } from "@std/assert";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { allRuntimes, buildBundle, nodeBinary, run } from "../support/runtimes.ts";
import { DENO_SOURCE, ROOT, type Runtime, startServer } from "../support/server.ts";
import { assertRight } from "./check_history.ts";
import { interruptWait } from "./interrupted_wait.ts";
import { seededRandom } from "./random.ts";
import { createLogs, runWorkload } from "./workload.ts";

async function checkServer(runtime: Runtime): Promise<void> {
  await using functions = await temporaryFolder({
    "coord.wasm": await readFile(join(ROOT, "tests/guests/c/coord.wasm")),
    "coord.toml": `[coord]\nlocks = ["*"]\nlogs = ["*"]\n[limits]\ntimeout_ms = 20000\n`,
  });
  await using data = await temporaryFolder();
  const options = { runtime, data: data.path };
  {
    await using server = await startServer(functions.path, options);
    const { url } = server;
    await createLogs(url);
    const goesOn = (round: number) => round < 3;
    const random = seededRandom(1);
    assertRight(await runWorkload({ url, clients: 6, goesOn, random }), { records: 8 });
    const call = async (action: string) => await (await fetch(`${url}/coord?${action}`)).text();
    assertMatch(await call("work"), /^token \d+\n$/);
    assertMatch(await call("crash"), /function_trapped/);
    const counts = Array.from({ length: 8 }, () => call("count"));
    assertEquals(new Set(await Promise.all(counts)), new Set([""]));
    const interrupted = await interruptWait(url, ["lock", "acquire", "files"], "SIGINT", runtime);
    assertEquals(interrupted, { code: 130, waiting: 0 });
    server.kill("SIGKILL");
  }
  await using again = await startServer(functions.path, options);
  assertEquals(await (await fetch(`${again.url}/coord?read`)).text(), "first second\n");
  const log = await (await fetch(`${again.url}/_/logs/file_1`)).json();
  const records = log.records.map(({ data }: { data: string }) => data);
  assertEquals(records, Array.from({ length: 8 }, (_, n) => `00000${n}\n`));
  const slow = fetch(`${again.url}/coord?slow`).then((response) => response.text());
  const holder = async () => (await (await fetch(`${again.url}/_/locks/files`)).json()).holder;
  await eventually(holder, (name) => name !== null);
  again.kill("SIGTERM");
  assertEquals([await slow, (await again.status).code], ["done\n", 0]);
}

/** Appends, reads and follows with the client that is in scope; returns what it saw. */
const USE_CLIENT = `async (url) => {
  const client = await CoordClient.init({ url });
  if (!client.ok) return client.error.message;
  const done = await client.value.withLock("files", (lock) => client.value.appendFile("file_0", "hé", lock));
  const lost = await client.value.appendFile("file_0", "x");
  const following = new LogReader({ url }).follow("file_0");
  const { index, data } = (await following.next()).value;
  await following.return();
  await client.value.close();
  return [done.ok && done.value.ok, lost.error.code, index, new TextDecoder().decode(data)].join();
}`;
const SEEN = "true,lock_lost,0,hé\n";

Deno.test("Locks and logs work from the bundle, on Deno and on Node, for clients and for functions", async (t) => {
  await using build = await temporaryFolder();
  const bundle = await buildBundle(build.path);
  const client = join(dirname(bundle), "client.mjs");
  for (const runtime of await allRuntimes(bundle)) {
    if (runtime !== DENO_SOURCE) await t.step(runtime.name, () => checkServer(runtime));
  }
  await t.step("the client on Node", async () => {
    await using functions = await temporaryFolder();
    await using server = await startServer(functions.path);
    const program = `import { CoordClient, LogReader } from ${JSON.stringify(client)};
      console.log(await (${USE_CLIENT})(${JSON.stringify(server.url)}));`;
    await build.write("node.mjs", program);
    assertEquals(await run(await nodeBinary(22), [join(build.path, "node.mjs")]), SEEN);
  });
  await t.step("the client with nothing but what browsers have", async () => {
    await using functions = await temporaryFolder();
    await using server = await startServer(functions.path);
    // Exports are all that a script, unlike a module, does not have.
    const script = (await readFile(client, "utf8")).replace(/^export \{[^}]*\};?$/m, "");
    const program = `import { runInNewContext } from "node:vm";
      const globals = { AbortController, AbortSignal, TextDecoder, TextDecoderStream, TextEncoder,
        URL, atob, btoa, clearTimeout, crypto, performance, setTimeout };
      // As in a browser, it is not to be called as a method of anything.
      globals.fetch = function (...args) {
        if (this !== undefined) throw new TypeError("Illegal invocation");
        return fetch(...args);
      };
      const use = runInNewContext(${
      JSON.stringify(`"use strict"; ${script}; (${USE_CLIENT})`)
    }, globals);
      console.log(await use(${JSON.stringify(server.url)}));`;
    await build.write("browser.mjs", program);
    assertEquals(await run(await nodeBinary(24), [join(build.path, "browser.mjs")]), SEEN);
  });
});
