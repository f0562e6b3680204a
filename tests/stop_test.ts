import { assert, assertEquals, assertMatch } from "@std/assert";
import { GUESTS } from "./guests/guests.ts";
import { sleeper } from "./guests/runaway.ts";
import { skerry } from "./support/command_line.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

/** Resolves when a worker has a run. */
async function someRun(url: string): Promise<void> {
  const ask = async (): Promise<{ workers: { state: string }[] }> =>
    (await fetch(`${url}/_/stats`)).json();
  await eventually(ask, ({ workers }) => workers.some(({ state }) => state === "running"));
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`On ${signal} a running request ends well, no new one is taken, and the exit code is 0`, async () => {
    await using folder = await temporaryFolder({ "sleep.wasm": await sleeper(1500)() });
    await using server = await startServer(folder.path);
    assertEquals((await fetch(`${server.url}/sleep`)).status, 200);
    const running = fetch(`${server.url}/sleep`).then((response) => response.text());
    await someRun(server.url);
    server.kill(signal);
    assertEquals(await running, "awake\n");
    assertEquals((await server.status).code, 0);
    const refused = await fetch(`${server.url}/sleep`).then(() => "answered", () => "refused");
    assertEquals(refused, "refused");
  });
}

Deno.test("A request that does not end is cut off after the grace period", async () => {
  await using folder = await temporaryFolder({
    "sleep.wasm": await GUESTS.sleepMinute(),
    "sleep.toml": "[limits]\ntimeout_ms = 60_000\n",
  });
  await using server = await startServer(folder.path, { args: ["--grace-ms", "200"] });
  const cut = fetch(`${server.url}/sleep`).then((response) => response.json());
  await someRun(server.url);
  const startMs = performance.now();
  server.kill("SIGTERM");
  assertEquals((await server.status).code, 0);
  assert(performance.now() - startMs < 5000);
  assertEquals((await cut).code, "shutting_down");
});

Deno.test("A port in use is said so, with what to do", async () => {
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  await using first = await startServer(folder.path);
  const { port } = new URL(first.url);
  const failed = await startServer(folder.path, { args: ["--port", port] }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assertMatch(failed, /the port is in use; choose another with --port/);
});

Deno.test("An address that the machine does not have is said so", async () => {
  await using data = await temporaryFolder();
  await using folder = await temporaryFolder();
  const args = ["serve", "--host", "203.0.113.1", "--port", "0", "--data", data.path];
  const { code, stderr } = await skerry([...args, "--functions", folder.path]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot listen on 203\.0\.113\.1:0: this machine has no such address; .+ --host\n$/,
  );
});

Deno.test("A folder that does not exist is said so", async () => {
  await using folder = await temporaryFolder();
  const failed = await startServer(`${folder.path}/missing`).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assertMatch(failed, /code 1/);
  assertMatch(failed, /there is no such folder; create it, or name another/);
});

Deno.test("Where no folder for functions can be made, that is said so", async () => {
  await using data = await temporaryFolder();
  const args = ["serve", "--port", "0", "--data", data.path];
  const { code, stderr } = await skerry(args, { cwd: "/proc" });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot make the folder functions\/ \(E[A-Z]+\); name one with --functions\n$/,
  );
});

Deno.test("What SIGKILL leaves behind does not hinder the next start", async () => {
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  const first = await startServer(folder.path);
  const { port } = new URL(first.url);
  first.kill("SIGKILL");
  await first.status;
  await using second = await startServer(folder.path, { args: ["--port", port] });
  await eventually(
    () => fetch(`${second.url}/hello`).then((response) => response.text()),
    (answer) => answer === "before\n",
  );
});
