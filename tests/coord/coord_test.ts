/** Locks and logs of a real server: the client, and the command line. */
import { assertEquals, assertMatch } from "@std/assert";
import { CoordClient } from "../../runtime/coord/client/coord_client.ts";
import { LogReader } from "../../runtime/coord/client/log_reader.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DENO_SOURCE, startServer } from "../support/server.ts";

async function clientOf(url: string, clientId?: string): Promise<CoordClient> {
  const client = await CoordClient.init({ url, clientId });
  if (!client.ok) throw new Error(client.error.message);
  return client.value;
}

async function skerry(url: string, ...args: string[]) {
  const [program, ...before] = DENO_SOURCE.command;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: [...before, ...args],
    env: { NO_COLOR: "1", SKERRY_URL: url },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("Two clients take turns, and the one that was late is told so", async () => {
  await using functions = await temporaryFolder();
  await using server = await startServer(functions.path);
  const [first, second] = [await clientOf(server.url), await clientOf(server.url)];
  const held = await first.lockAcquire("files", { ttlMs: 300 });
  if (!held.ok) throw new Error(held.error.message);
  assertEquals(await first.appendFile("file_0", "one\n"), {
    ok: true,
    value: { index: 0, offset: 0 },
  });
  // The first stays silent; its lease ends, and the second is served.
  const next = await second.lockAcquire("files");
  assertEquals(next.ok && next.value.token > held.value.token, true);
  // The first learns by its own clock, without asking.
  await eventually(() => Promise.resolve(held.value.signal.aborted), (isAborted) => isAborted);
  const late = await first.appendFile("file_0", "late\n", held.value);
  assertEquals(late.ok ? "appended" : [late.error.code, late.error.rc], ["lock_lost", 2]);
  assertEquals((await second.appendFile("file_0", "two\n")).ok, true);
  assertEquals((await second.lockRelease("files")).ok, true);
  const missing = await second.appendFile("file_100", "x");
  assertEquals(missing.ok ? "appended" : [missing.error.code, missing.error.rc], [
    "log_not_found",
    1,
  ]);
  const read = await new LogReader({ url: server.url }).read("file_0");
  if (!read.ok) throw new Error(read.error.message);
  const texts = read.value.records.map(({ data }) => new TextDecoder().decode(data));
  assertEquals(texts, ["one\n", "two\n"]);
  await first.close();
  await second.close();
});

Deno.test("A lock is held for as long as work takes, whatever its lease", async () => {
  await using functions = await temporaryFolder();
  await using server = await startServer(functions.path);
  const [first, second] = [await clientOf(server.url), await clientOf(server.url)];
  const order: string[] = [];
  const started = Promise.withResolvers<void>();
  const work = first.withLock("files", async (lock) => {
    started.resolve();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    order.push(lock.signal.aborted ? "lost" : "first");
  }, { ttlMs: 800 });
  await started.promise;
  const next = second.withLock("files", () => void order.push("second"));
  assertEquals([(await work).ok, (await next).ok], [true, true]);
  assertEquals(order, ["first", "second"]);
});

Deno.test("A follower sees what is there and what comes, also after the server was killed", async () => {
  await using functions = await temporaryFolder();
  await using data = await temporaryFolder();
  await using server = await startServer(functions.path, { data: data.path });
  const stop = new AbortController();
  const client = await clientOf(server.url);
  await client.withLock("files", () => client.appendFile("file_0", "before"));
  const following = new LogReader({ url: server.url }).follow("file_0", { signal: stop.signal });
  const next = async () => new TextDecoder().decode((await following.next()).value?.data);
  assertEquals(await next(), "before");
  server.kill("SIGKILL");
  await server.status;
  const { port } = new URL(server.url);
  await using _again = await startServer(functions.path, {
    data: data.path,
    args: ["--port", port],
  });
  const coming = next();
  await client.withLock("files", () => client.appendFile("file_0", "after"));
  assertEquals(await coming, "after");
  stop.abort();
  await following.return(undefined);
});

Deno.test("The command line appends, reads, lists, and runs a command under a lock", async () => {
  await using functions = await temporaryFolder();
  await using server = await startServer(functions.path);
  const { url } = server;
  assertEquals(await skerry(url, "log", "append", "file_3", "hello\n"), {
    code: 0,
    out: "0\n",
    err: "",
  });
  const held = await skerry(url, "lock", "acquire", "files", "--json", "--ttl-ms", "60000");
  const { client_id, token } = JSON.parse(held.out);
  const holder = ["--client", client_id, "--lock-token", String(token)];
  assertMatch((await skerry(url, "lock", "show")).out, /^files {2}held by .* token \d+/);
  const busy = await skerry(url, "lock", "acquire", "files", "--wait-ms", "0", "--", "echo", "no");
  assertEquals([busy.code, busy.out], [1, ""]);
  assertEquals((await skerry(url, "log", "append", "file_3", "again\n", ...holder)).out, "1\n");
  assertEquals((await skerry(url, "lock", "release", "files", ...holder)).code, 0);
  const late = await skerry(url, "lock", "release", "files", ...holder);
  assertEquals(late.code, 1);
  assertMatch(late.err, /not held by this client/);
  assertEquals((await skerry(url, "log", "read", "file_3")).out, "hello\nagain\n");
  assertMatch(
    (await skerry(url, "log", "list")).out,
    /file_3 {2}2 records {2}12 bytes {2}lock files/,
  );
  const run = ["lock", "acquire", "files", "--", "sh", "-c", "echo $SKERRY_LOCK; exit 7"];
  const ran = await skerry(url, ...run);
  assertEquals([ran.code, ran.out], [7, "files\n"]);
  assertEquals((await skerry(url, "lock", "show", "files")).out, "files  free\n");
});
