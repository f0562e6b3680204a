import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { copyFile, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { sqlite } from "../platform/sqlite.ts";
import type { LogFollower } from "./log.ts";
import { CoordService } from "./service.ts";
import { SqliteLog } from "./sqlite_log.ts";
import { encodeState } from "./state.ts";
import { openLog } from "./testing.ts";
import { FakeClock } from "../testing_clock.ts";

/** Appends texts to `file_0` as one client, each acknowledged before the next. */
async function appendAll(service: CoordService, client: string, texts: readonly string[]) {
  await service.request({ type: "open", client });
  const granted = await service.request({
    type: "acquire",
    client,
    seq: 0,
    lock: "files",
    ttlMs: 2000,
  });
  if (granted.kind !== "granted") throw new Error(granted.kind);
  for (const [n, text] of texts.entries()) {
    const data = new TextEncoder().encode(text);
    const { token } = granted;
    const appended = await service.request(
      { type: "append", client, seq: n + 1, log: "file_0", token, bytes: data.length },
      data,
    );
    assertEquals(appended.kind, "appended");
  }
  const { token } = granted;
  await service.request({
    type: "release",
    client,
    seq: texts.length + 1,
    lock: "files",
    token,
  });
}

function open(path: string, snapshotEvery?: number): CoordService {
  return new CoordService({ log: openLog(path, { snapshotEvery }), clock: new FakeClock() });
}

function textsOf(service: CoordService): string[] {
  return service.read("file_0", 0, { records: 1000, bytes: 1e9 })
    .map(({ data }) => new TextDecoder().decode(data));
}

const WORDS = ["one", "two", "three", "four", "five"];

for (const snapshotEvery of [1, 3, 1000]) {
  Deno.test(`A restart finds state and records as they were, with a snapshot every ${snapshotEvery}`, async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "coord.db");
    const first = open(path, snapshotEvery);
    await appendAll(first, "a", WORDS);
    const state = encodeState(first.state);
    first.close();
    const second = open(path, snapshotEvery);
    assertEquals(encodeState(second.state), state);
    assertEquals(textsOf(second), WORDS);
    await appendAll(second, "b", ["six"]);
    assertEquals(textsOf(second), [...WORDS, "six"]);
    second.close();
  });
}

Deno.test("Commands proposed together are committed together, and answered after that", () => {
  const scheduled: (() => void)[] = [];
  const log = openLog(":memory:", { schedule: (commit) => scheduled.push(commit) });
  const seen: string[] = [];
  const follower: LogFollower = {
    restore: () => {},
    onCommit: (position, _command, ticket) => void seen.push(`${position}:${ticket}`),
    onDurable: () => seen.push("durable"),
    snapshot: () => "",
  };
  log.start(follower);
  seen.length = 0;
  for (const ticket of [7, 8, 9]) log.propose({ command: { type: "open", client: "a" }, ticket });
  assertEquals([seen.length, scheduled.length], [0, 1]);
  scheduled[0]!();
  assertEquals(seen, ["1:7", "2:8", "3:9", "durable"]);
  log.close();
});

Deno.test("A commit that fails answers nobody, is reported once, and takes nothing more", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const failures: string[] = [];
  const log = openLog(path, { onFailure: ({ message }) => failures.push(message) });
  const service = new CoordService({ log, clock: new FakeClock() });
  await service.request({ type: "open", client: "a" });
  // Another writer holds the database for longer than anybody waits.
  const other = new (sqlite().DatabaseSync)(path);
  other.exec("BEGIN IMMEDIATE");
  const answers: string[] = [];
  const ask = () =>
    void service.request({ type: "open", client: "b" }).then((reply) => answers.push(reply.kind));
  ask();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(failures.length, 1);
  assertMatch(failures[0]!, /Cannot commit .*database is locked.* start again/);
  other.exec("ROLLBACK");
  other.close();
  ask();
  await Promise.resolve();
  assertEquals([answers, failures.length], [[], 1]);
  service.close();
  const again = open(path);
  assertEquals([...again.state.sessions.keys()], ["a"]);
  again.close();
});

Deno.test("What is no database, or a newer one, is refused and left alone", async () => {
  await using folder = await temporaryFolder({ "text.db": "no database at all ".repeat(100) });
  const refused = (name: string) => {
    const log = SqliteLog.open({ path: join(folder.path, name), onFailure: () => {} });
    return log.ok ? "opened" : log.error.message;
  };
  assertMatch(refused("text.db"), /Cannot open .*not a database/);
  assertEquals((await readFile(join(folder.path, "text.db"))).length, 1900);
  const newer = new (sqlite().DatabaseSync)(join(folder.path, "newer.db"));
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  assertMatch(refused("newer.db"), /written by a newer Skerry \(version 99/);
});

Deno.test("A gap in the commands is noticed, not jumped over", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const service = open(path);
  await appendAll(service, "a", WORDS);
  service.close();
  const database = new (sqlite().DatabaseSync)(path);
  database.exec("DELETE FROM commands WHERE last = 3");
  database.close();
  const log = openLog(path);
  assertThrows(() => new CoordService({ log }), Error, "Command 3 is missing: the next one is 4");
  log.close();
});

Deno.test("However much of the last write is missing, all that was acknowledged before is there", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const service = open(path);
  await appendAll(service, "a", WORDS);
  const wholeBytes = (await stat(`${path}-wal`)).size;
  await appendAll(service, "b", ["torn"]);
  const wal = await readFile(`${path}-wal`);
  for (const keptBytes of [1, 500, 3000, 5000].map((more) => wholeBytes + more)) {
    const copy = join(folder.path, `torn-${keptBytes}.db`);
    await copyFile(path, copy);
    await writeFile(`${copy}-wal`, wal);
    await truncate(`${copy}-wal`, keptBytes);
    const restarted = open(copy);
    assertEquals(textsOf(restarted).slice(0, WORDS.length), WORDS);
    assertEquals(restarted.state.logs.get("file_0")?.records, textsOf(restarted).length);
    restarted.close();
  }
  service.close();
});

Deno.test("Garbage after the last write harms nothing", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const service = open(path);
  await appendAll(service, "a", WORDS);
  const copy = join(folder.path, "copy.db");
  await copyFile(path, copy);
  const garbage = crypto.getRandomValues(new Uint8Array(10_000));
  const wal = await readFile(`${path}-wal`);
  await writeFile(`${copy}-wal`, new Uint8Array([...wal, ...garbage]));
  const restarted = open(copy);
  assertEquals(textsOf(restarted), WORDS);
  restarted.close();
  service.close();
});

Deno.test("Reading stops at either bound, and leaves nothing open", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const service = open(path);
  await appendAll(service, "a", WORDS);
  const read = (from: number, records: number, bytes: number) =>
    service.read("file_0", from, { records, bytes }).map(({ index, offset }) => [index, offset]);
  assertEquals(read(1, 2, 1000), [[1, 3], [2, 6]]);
  assertEquals(read(0, 9, 1), [[0, 0]]);
  assertEquals(read(0, 9, 6), [[0, 0], [1, 3]]);
  assertEquals(read(5, 9, 1000), []);
  const other = new (sqlite().DatabaseSync)(path);
  const checkpoint = other.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
  assertEquals(checkpoint.busy, 0);
  other.close();
  service.close();
});

Deno.test("The record at an offset is found, wherever it is", async () => {
  const service = open(":memory:");
  await appendAll(service, "a", ["abc", "", "d", "efgh"]);
  const read = (offset: number) => new TextDecoder().decode(service.readBytes("file_0", offset, 3));
  assertEquals([0, 1, 2, 3, 4, 7, 8].map(read), ["abc", "bc", "c", "d", "efg", "h", ""]);
  assertEquals(service.readBytes("file_1", 0, 3).length, 0);
  service.close();
});
