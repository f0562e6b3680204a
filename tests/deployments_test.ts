import { assertEquals, assertMatch } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { printer } from "./guests/guests.ts";
import { crashDuringDeployments } from "./support/crash_deployments.ts";
import { answerOf, deploy, removeFunction } from "./support/deploy.ts";
import { canMount, withDisk } from "./support/disk.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { DENO_SOURCE, startServer } from "./support/server.ts";

Deno.test("Replacing a deployed function again and again under load fails no request", async () => {
  const versions = await Promise.all([0, 1, 2, 3].map((i) => printer(`version ${i}\n`)()));
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  assertEquals((await deploy(server.url, "f", versions[0]!)).status, 200);
  const seen = new Set<string>();
  let isDone = false;
  const clients = Array.from({ length: 4 }, async () => {
    while (!isDone) seen.add(await answerOf(`${server.url}/f`));
  });
  for (let round = 1; round < 30; round++) {
    const version = versions[round % 4]!;
    const { status } = await deploy(server.url, "f", version, { replace: true });
    // An answered deployment serves: no later request may see an earlier version.
    const answer = await answerOf(`${server.url}/f`);
    assertEquals([status, answer], [200, `200 version ${round % 4}\n`]);
  }
  isDone = true;
  await Promise.all(clients);
  assertEquals([...seen].sort(), [0, 1, 2, 3].map((i) => `200 version ${i}\n`));
});

Deno.test("Of deployments that race for a name one wins, and it is what serves, also later", async () => {
  await using folder = await temporaryFolder();
  await using data = await temporaryFolder();
  let winner: string;
  {
    await using server = await startServer(folder.path, { data: data.path });
    const results = await Promise.all([0, 1, 2, 3].map(async (i) => {
      return await deploy(server.url, "f", await printer(`racer ${i}\n`)());
    }));
    assertEquals(results.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    winner = `200 racer ${results.findIndex(({ status }) => status === 200)}\n`;
    assertEquals(await answerOf(`${server.url}/f`), winner);
  }
  await using server = await startServer(folder.path, { data: data.path });
  assertEquals(await answerOf(`${server.url}/f`), winner);
  assertEquals(await removeFunction(server.url, "f"), 204);
  assertMatch(await answerOf(`${server.url}/f`), /^404 /);
});

Deno.test("Versions are rolled back and forward, and rows are put, on a server that restarts in between", async () => {
  await using folder = await temporaryFolder({ "_modules/a.wasm": await printer("a row\n")() });
  await using data = await temporaryFolder();
  const post = async (url: string, method: string, body?: string) => {
    const response = await fetch(url, { method, body });
    await response.body?.cancel();
    return response.status;
  };
  let first: unknown;
  {
    await using server = await startServer(folder.path, { data: data.path });
    first = (await deploy(server.url, "f", await printer("one\n")())).body.id;
    await deploy(server.url, "f", await printer("two\n")(), { replace: true });
    const row = `{"runtime":"wasm","module":"_modules/a.wasm"}`;
    const key = encodeURIComponent("GET:/f/[id]");
    assertEquals(await post(`${server.url}/_/routes/${key}`, "PUT", row), 200);
    assertEquals(await answerOf(`${server.url}/f/1`), "200 a row\n");
    assertEquals(await post(`${server.url}/_/functions/f/rollback`, "POST"), 200);
    assertEquals(await answerOf(`${server.url}/f`), "200 one\n");
    server.kill("SIGKILL");
    await server.status;
  }
  await using server = await startServer(folder.path, { data: data.path });
  assertEquals(await answerOf(`${server.url}/f`), "200 one\n");
  assertEquals(await answerOf(`${server.url}/f/1`), "200 a row\n");
  const { body } = await deploy(server.url, "f", await printer("two\n")(), { replace: true });
  assertEquals([await answerOf(`${server.url}/f`), body.id === first], ["200 two\n", false]);
  assertEquals(await post(`${server.url}/_/functions/f/rollback`, "POST"), 200);
  assertEquals(await answerOf(`${server.url}/f`), "200 one\n");
});

Deno.test("Killed at any moment, a server loses nothing it acknowledged and keeps no half of anything", async () => {
  const report = await crashDuringDeployments({ changes: 100, kills: 10, random: Math.random });
  assertEquals(report.faults, []);
  assertEquals(report.acknowledged > 20 && report.cutOff > 0, true, JSON.stringify(report));
});

Deno.test("Deployed functions and rows are the same from source and bundled, on Deno and on Node", async (t) => {
  await using bundleFolder = await temporaryFolder();
  await using folder = await temporaryFolder({ "_modules/a.wasm": await printer("a row\n")() });
  for (const runtime of await allRuntimes(await buildBundle(bundleFolder.path))) {
    await t.step(runtime.name, async () => {
      await using data = await temporaryFolder();
      {
        await using server = await startServer(folder.path, { runtime, data: data.path });
        assertEquals((await deploy(server.url, "page", "<p>", { lang: "html" })).status, 200);
        for (const text of ["one\n", "two\n"]) {
          await deploy(server.url, "f", await printer(text)(), { replace: true });
        }
        const database = new DatabaseSync(join(data.path, "faas_meta.db"));
        const value = `{"runtime":"wasm","module":"_modules/a.wasm"}`;
        database.prepare("INSERT INTO functions VALUES ('GET:/row', ?, 0)").run(value);
        database.close();
        await eventually(() => answerOf(`${server.url}/row`), (answer) => answer === "200 a row\n");
        server.kill("SIGKILL");
        await server.status;
      }
      await using server = await startServer(folder.path, { runtime, data: data.path });
      const answers = ["page", "f", "row"].map((name) => answerOf(`${server.url}/${name}`));
      assertEquals(await Promise.all(answers), ["200 <p>", "200 two\n", "200 a row\n"]);
    });
  }
});

/** A server whose data folder has a disk of its own, which only its process sees. */
function onSmallDisk(data: string, size: string) {
  return { data, runtime: withDisk(DENO_SOURCE, data, `size=${size}`) };
}

// Where a process may not mount a disk of its own, none can be filled.
Deno.test({
  name: "On a full disk nothing more is deployed, and everything else goes on",
  ignore: !canMount(),
  fn: async () => {
    const module = new Uint8Array(600_000);
    const small = await printer("small\n")();
    // A custom section, so that it takes room.
    module.set(small);
    module.set([0, ...leb(module.length - small.length - 4), 1, 97], small.length);
    await using folder = await temporaryFolder();
    await using data = await temporaryFolder();
    await using server = await startServer(folder.path, onSmallDisk(data.path, "8m"));
    let last = await deploy(server.url, "f0", module);
    let count = 0;
    while (last.status === 200 && ++count < 20) {
      last = await deploy(server.url, `f${count}`, module);
    }
    assertEquals([last.status, last.body.code], [507, "storage_full"]);
    assertEquals(count >= 2, true);
    assertEquals(await answerOf(`${server.url}/f0`), "200 small\n");
    assertMatch(await answerOf(`${server.url}/f${count}`), /^404 /);
    assertEquals(await removeFunction(server.url, "f0"), 204);
    assertEquals((await deploy(server.url, "again", small)).status, 200);
    assertEquals(await answerOf(`${server.url}/again`), "200 small\n");
  },
});

/** A number of three bytes, little-endian base 128. */
function leb(value: number): number[] {
  return [value & 127 | 128, value >> 7 & 127 | 128, value >> 14];
}

Deno.test("A damaged database ends the start with what to do, and is left as it is", async () => {
  for (const file of ["functions.db", "faas_meta.db"]) {
    await using folder = await temporaryFolder();
    await using data = await temporaryFolder();
    const damaged = "This was a database before the disk went bad. ".repeat(20);
    await writeFile(join(data.path, file), damaged);
    const failure = await startServer(folder.path, { data: data.path }).then(
      () => "it started",
      (error: Error) => error.message,
    );
    assertMatch(failure, new RegExp(`${file} in the data folder: .*restore it from a backup`));
    assertEquals(await Deno.readTextFile(join(data.path, file)), damaged);
  }
});
