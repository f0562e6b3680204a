/** Functions that use locks and logs by plain file calls. */
import { assertEquals, assertMatch } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CoordClient } from "../../runtime/coord/client/coord_client.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT, startServer } from "../support/server.ts";

const MODULE = await readFile(join(ROOT, "tests/guests/c/coord.wasm"));
const GRANT = `[coord]\nlocks = ["files"]\nlogs = ["file_*"]\n`;

async function serve() {
  const folder = await temporaryFolder({
    "coord.wasm": MODULE,
    "coord.toml": `${GRANT}[limits]\ntimeout_ms = 20000\n`,
    "short.wasm": MODULE,
    "short.toml": `${GRANT}[limits]\ntimeout_ms = 400\nfuel = 100000000000\n`,
    "poor.wasm": MODULE,
  });
  const server = await startServer(folder.path, { args: ["--stats-headers", "--workers", "4"] });
  const call = async (name: string, action: string, signal?: AbortSignal) => {
    const response = await fetch(`${server.url}/${name}?${action}`, { signal });
    const text = await response.text();
    const path = response.headers.get("x-skerry-path");
    return { status: response.status, text, path, code: response.ok ? "" : JSON.parse(text).code };
  };
  const holder = async () =>
    (await (await fetch(`${server.url}/_/locks/files`)).json()).holder as string | null;
  const disposing = async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { url: server.url, call, holder, [Symbol.asyncDispose]: disposing };
}

Deno.test("A function locks, appends and reads by opening files", async () => {
  await using served = await serve();
  const worked = await served.call("coord", "work");
  assertMatch(worked.text, /^token \d+\n$/);
  assertEquals([worked.status, worked.path], [200, "pool"]);
  assertEquals(await served.holder(), null);
  const again = await served.call("coord", "work");
  assertEquals(Number(again.text.slice(6)) > Number(worked.text.slice(6)), true);
  assertEquals((await served.call("coord", "read")).text, "first second\nfirst second\n");
  const page = await (await fetch(`${served.url}/_/logs/file_0`)).json();
  const written = page.records.map(({ data }: { data: string }) => data);
  assertEquals(written, ["first ", "second\n", "first ", "second\n"]);
  const names = (await served.call("coord", "list")).text.split("\n");
  assertEquals([names[0], names[1], names.length], ["/locks/files", "/logs/file_0", 102]);
});

Deno.test("What a function was not granted, or does wrongly, is refused as a file system would", async () => {
  await using served = await serve();
  assertEquals((await served.call("coord", "refused")).text.split("\n"), [
    "write: Operation not permitted",
    "/locks/secret: Permission denied",
    "/locks/files: Resource deadlock would occur",
    "/logs/secret: Permission denied",
    "/logs/file_100: No such file or directory",
    "/logs/file_0: Operation not permitted",
    "/logs/file_0: Operation not permitted",
    "unlink: Operation not permitted",
    "mkdir: Read-only file system",
    "",
  ]);
  assertEquals(
    (await served.call("poor", "wait")).text,
    "/locks/files: No such file or directory\n",
  );
});

Deno.test("Functions that read, think and write under a lock do not get into each other's way", async () => {
  await using served = await serve();
  const runs = Array.from({ length: 24 }, () => served.call("coord", "count"));
  assertEquals(new Set((await Promise.all(runs)).map(({ status }) => status)), new Set([200]));
  const text = await (await fetch(`${served.url}/_/logs/file_1`, {
    headers: { accept: "application/octet-stream" },
  })).text();
  const expected = Array.from({ length: 24 }, (_, n) => `${String(n).padStart(6, "0")}\n`);
  assertEquals(text, expected.join(""));
});

Deno.test("A lock is released when the run ends, however it ends", async () => {
  await using served = await serve();
  const free = () => eventually(served.holder, (holder) => holder === null, 2000);
  assertEquals((await served.call("short", "exit")).status, 200);
  await free();
  assertEquals((await served.call("short", "crash")).code, "function_trapped");
  await free();
  assertEquals((await served.call("short", "sleep")).code, "timeout");
  await free();
  // Its worker has to be killed.
  assertEquals((await served.call("short", "spin")).code, "timeout");
  await free();
  const leaving = new AbortController();
  const left = served.call("coord", "sleep", leaving.signal).catch(() => "left");
  await eventually(served.holder, (holder) => holder !== null);
  leaving.abort();
  assertEquals(await left, "left");
  await free();
  assertEquals((await served.call("coord", "try")).text, "got it\n");
});

Deno.test("Waiting for a lock counts against the time of the run, and ends with it", async () => {
  await using served = await serve();
  const client = await CoordClient.init({ url: served.url });
  if (!client.ok) throw new Error(client.error.message);
  const held = await client.value.lockAcquire("files", { ttlMs: 60_000 });
  assertEquals(held.ok, true);
  assertEquals(
    (await served.call("coord", "try")).text,
    "/locks/files: Resource temporarily unavailable\n",
  );
  assertEquals((await served.call("short", "wait")).code, "timeout");
  const queue = async () =>
    (await (await fetch(`${served.url}/_/locks/files`)).json()).queue.length as number;
  await eventually(queue, (length) => length === 0, 2000);
  const waiting = served.call("coord", "wait");
  await eventually(queue, (length) => length === 1);
  assertEquals((await client.value.lockRelease("files")).ok, true);
  assertEquals((await waiting).text, "got it\n");
  await client.value.close();
});

const PYTHON = `import os

def handler(request):
    with open("/locks/files") as lock:
        token = lock.read().strip()
        fd = os.open("/logs/file_0", os.O_WRONLY | os.O_APPEND)
        os.write(fd, b"from Python\\n")
        os.close(fd)
    return f"token {token}"
`;
const PHP = `<?php
$lock = fopen("/locks/files", "r");
$log = fopen("/logs/file_0", "a");
fwrite($log, "from PHP\\n");
echo "token " . trim(fgets($lock));
`;

Deno.test("Languages that start from an image have locks and logs too", async () => {
  await using folder = await temporaryFolder({
    "python.py": PYTHON,
    "python.toml": GRANT,
    "php.php": PHP,
    "php.toml": GRANT,
  });
  await using server = await startServer(folder.path);
  for (const name of ["python", "php", "python"]) {
    const response = await fetch(`${server.url}/${name}`);
    assertMatch(await response.text(), /^token \d+$/);
  }
  const log = await fetch(`${server.url}/_/logs/file_0`, {
    headers: { accept: "application/octet-stream" },
  });
  assertEquals(await log.text(), "from Python\nfrom PHP\nfrom Python\n");
  const { holder } = await (await fetch(`${server.url}/_/locks/files`)).json();
  assertEquals(holder, null);
});
