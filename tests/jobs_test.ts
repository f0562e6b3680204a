/** Jobs as JSON lines over a UNIX socket, with real servers. */
import { assertEquals, assertMatch } from "@std/assert";
import { stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { GUESTS } from "./guests/guests.ts";
import { skerry } from "./support/command_line.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { type Runtime, startServer } from "./support/server.ts";

/** Sends a text, ends, and resolves to the lines that come until the server ends, too. */
function exchange(path: string, text: string, endsSending = true): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ path, allowHalfOpen: true });
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => received += piece);
    socket.on("error", reject);
    socket.on("end", () => {
      socket.destroy();
      resolve(received.split("\n").slice(0, -1).map((line) => JSON.parse(line)));
    });
    socket.write(text);
    if (endsSending) socket.end();
  });
}

const job = (fn: string, payload: string) => `${JSON.stringify({ type: "invoke", fn, payload })}\n`;

/** A server with a socket for jobs in its data folder. */
async function jobServer(folder: string, data: string, args: string[] = [], runtime?: Runtime) {
  const path = join(data, "jobs.socket");
  const server = await startServer(folder, {
    data,
    runtime,
    args: ["--jobs-unix", path, ...args],
  });
  return { path, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function guests() {
  return await temporaryFolder({
    "echo.wasm": await GUESTS.echoStdin(),
    "trap.wasm": await GUESTS.divideByZero(),
  });
}

Deno.test("Jobs are answered in their order, and what is none ends nothing", async () => {
  await using folder = await guests();
  await using data = await temporaryFolder();
  await using jobs = await jobServer(folder.path, data.path, ["--max-body-mb", "1"]);
  await jobs.server.printed(`Jobs on ${jobs.path}`);
  assertEquals((await stat(jobs.path)).mode & 0o777, 0o600);
  const lines = [job("echo", "grüße"), "no job\n", job("trap", ""), job("nothing", ""), "\r\n"];
  const answers = await exchange(jobs.path, lines.join("") + job("echo", "last").trimEnd());
  const codes = answers.map((each) => (each as { code?: string }).code);
  assertEquals(answers[0], { ok: true, output: "grüße" });
  assertEquals(codes.slice(1, 4), ["bad_request", "function_trapped", "function_not_found"]);
  assertEquals(answers.slice(4), [{ ok: true, output: "last" }]);
  const [big] = await exchange(jobs.path, job("echo", "x".repeat(1024 * 1024 + 1)));
  assertEquals((big as { code: string }).code, "request_too_large");
  const long = await exchange(jobs.path, job("echo", "a") + "x".repeat(3 * 1024 * 1024), false);
  assertEquals(long.map((each) => (each as { code?: string }).code), [
    undefined,
    "request_too_large",
  ]);
  assertEquals(await exchange(jobs.path, job("echo", "still")), [{ ok: true, output: "still" }]);
});

Deno.test("A socket of a server that was killed is replaced, one in use is not", async () => {
  await using folder = await guests();
  await using data = await temporaryFolder();
  await using first = await jobServer(folder.path, data.path);
  first.server.kill("SIGKILL");
  await first.server.status;
  await using second = await jobServer(folder.path, data.path);
  await using elsewhere = await temporaryFolder();
  const args = ["--functions", folder.path, "--data", elsewhere.path, "--port", "0"];
  const third = await skerry(["serve", ...args, "--jobs-unix", second.path]);
  assertEquals(third.code, 1);
  assertMatch(third.stderr, /Cannot listen on \S+jobs\.socket: another server listens there/);
  const file = join(elsewhere.path, "file");
  await writeFile(file, "");
  const fourth = await skerry(["serve", ...args, "--jobs-unix", file]);
  assertMatch(fourth.stderr, /there is a file that is not a socket/);
  second.server.kill("SIGTERM");
  assertEquals((await second.server.status).code, 0);
  assertEquals(await stat(second.path).catch((error) => error.code), "ENOENT");
});

Deno.test("A server loads over its socket as it does over HTTP, wherever it runs", async () => {
  await using folder = await guests();
  await using bundles = await temporaryFolder();
  for (const runtime of await allRuntimes(await buildBundle(bundles.path))) {
    await using data = await temporaryFolder();
    await using jobs = await jobServer(folder.path, data.path, [], runtime);
    for (const target of [["--unix", jobs.path], ["--url", jobs.server.url]]) {
      const args = ["load", "echo", "--requests", "60", "-d", "x", "--json", ...target];
      const ran = await skerry(args, { runtime });
      assertEquals([runtime.name, ran.code, ran.stderr], [runtime.name, 0, ""]);
      const { requests, outcomes } = JSON.parse(ran.stdout);
      assertEquals([requests, outcomes.length, outcomes[0].ok], [60, 1, true]);
    }
    const failing = await skerry([
      "load",
      "trap",
      "--requests",
      "5",
      "--json",
      "--unix",
      jobs.path,
    ]);
    const { outcomes } = JSON.parse(failing.stdout);
    assertEquals([failing.code, outcomes], [
      1,
      [{ outcome: "function_trapped", count: 5, ok: false }],
    ]);
  }
});
