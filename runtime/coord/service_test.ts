import { assertEquals } from "@std/assert";
import type { Acquire, Append, Command } from "./command.ts";
import { IDLE_MS } from "./idle_sessions.ts";
import type { Reply } from "./request.ts";
import { CoordService } from "./service.ts";
import { MemoryLog, openLog } from "./testing.ts";
import { FakeClock } from "../testing_clock.ts";

async function serviceWith(...clients: string[]) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const service = new CoordService({ log, clock });
  for (const client of clients) await service.request({ type: "open", client });
  return { clock, log, service };
}

const acquire = (client: string, seq: number, changes: Partial<Acquire> = {}): Acquire => ({
  type: "acquire",
  client,
  seq,
  lock: "files",
  ttlMs: 2000,
  ...changes,
});

const append = (client: string, seq: number, token: number): Append => ({
  type: "append",
  client,
  seq,
  log: "file_0",
  token,
  bytes: 2,
});

/** Where a promise stands, without waiting for it. */
async function stateOf(promise: Promise<Reply>): Promise<string> {
  const reply = await Promise.race([promise, Promise.resolve(undefined)]);
  return reply === undefined ? "pending" : reply.kind === "refused" ? reply.reason : reply.kind;
}

function tokenOf(reply: Reply): number {
  if (reply.kind !== "granted") throw new Error(`Expected a grant, got ${JSON.stringify(reply)}`);
  return reply.token;
}

Deno.test("A silent holder's successor is served when the lease ends, and not before", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  clock.advance(500);
  const waiting = service.request(acquire("b", 0));
  clock.advance(1499);
  assertEquals(await stateOf(waiting), "pending");
  clock.advance(1);
  assertEquals(await stateOf(waiting), "granted");
  assertEquals(await stateOf(service.request(append("a", 1, token))), "lock_lost");
});

Deno.test("A holder whom nobody waits for keeps the lock past its lease, until somebody does", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  clock.advance(10_000);
  assertEquals(await stateOf(service.request(append("a", 1, token))), "appended");
  const waiting = service.request(acquire("b", 0));
  clock.advance(0);
  assertEquals(await stateOf(waiting), "granted");
});

Deno.test("A renewal begins the lease anew", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  const waiting = service.request(acquire("b", 0));
  for (let n = 0; n < 3; n++) {
    clock.advance(1500);
    await service.request({
      type: "renew",
      client: "a",
      lock: "files",
      token,
      ttlMs: 2000,
    });
  }
  clock.advance(1999);
  assertEquals(await stateOf(waiting), "pending");
  clock.advance(1);
  assertEquals(await stateOf(waiting), "granted");
});

Deno.test("The lease of a granted waiter begins with the grant", async () => {
  const { clock, service } = await serviceWith("a", "b", "c");
  const token = tokenOf(await service.request(acquire("a", 0)));
  void service.request(acquire("b", 0));
  const third = service.request(acquire("c", 0));
  clock.advance(1900);
  await service.request({ type: "release", client: "a", seq: 1, lock: "files", token });
  clock.advance(1999);
  assertEquals(await stateOf(third), "pending");
  clock.advance(1);
  assertEquals(await stateOf(third), "granted");
});

Deno.test("A timer that comes early does not end a lease early", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const early = {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (ms: number, run: () => void) => clock.after(ms / 2, run),
  };
  const other = new CoordService({ log: new MemoryLog(), clock: early });
  for (const client of ["a", "b"]) await other.request({ type: "open", client });
  await other.request(acquire("a", 0));
  const waiting = other.request(acquire("b", 0));
  clock.advance(1999);
  assertEquals(await stateOf(waiting), "pending");
  clock.advance(2);
  assertEquals(await stateOf(waiting), "granted");
  service.close();
});

Deno.test("A wait ends when it was said to, and the queue goes on without it", async () => {
  const { clock, service } = await serviceWith("a", "b", "c");
  const token = tokenOf(await service.request(acquire("a", 0, { ttlMs: 60_000 })));
  const short = service.request(acquire("b", 0, { waitMs: 100 }));
  const long = service.request(acquire("c", 0));
  clock.advance(99);
  assertEquals(await stateOf(short), "pending");
  clock.advance(1);
  assertEquals(await stateOf(short), "lock_wait_timeout");
  await service.request({ type: "release", client: "a", seq: 1, lock: "files", token });
  assertEquals(await stateOf(long), "granted");
});

Deno.test("A repeat of a waiting request is answered at once, and the first one still waits", async () => {
  const { service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  const first = service.request(acquire("b", 0));
  assertEquals(await service.request(acquire("b", 0)), {
    kind: "waiting",
    place: 1,
    isRepeat: true,
  });
  await service.request({ type: "release", client: "a", seq: 1, lock: "files", token });
  assertEquals(await stateOf(first), "granted");
});

Deno.test("After a restart leases and waits begin anew, and repeats find the answers", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/coord.db`;
  const clock = new FakeClock();
  const first = new CoordService({ log: openLog(path), clock });
  for (const client of ["a", "b", "c"]) await first.request({ type: "open", client });
  const granted = await first.request(acquire("a", 0));
  const left = first.request(acquire("b", 0));
  const timed = first.request(acquire("c", 0, { waitMs: 1000 }));
  await first.request({ type: "open", client: "a" });
  clock.advance(500);
  first.close();
  assertEquals([await stateOf(left), await stateOf(timed)], ["stopping", "stopping"]);

  const later = new FakeClock();
  const second = new CoordService({ log: openLog(path), clock: later });
  assertEquals(await second.request(acquire("a", 0)), granted);
  assertEquals((await second.request(acquire("b", 0))).kind, "waiting");
  later.advance(1000);
  assertEquals(await second.request(acquire("c", 0)), {
    kind: "refused",
    reason: "lock_wait_timeout",
    name: "files",
  });
  later.advance(999);
  assertEquals((await second.request(acquire("b", 0))).kind, "waiting");
  later.advance(1);
  assertEquals((await second.request(acquire("b", 0))).kind, "granted");
  second.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Idle sessions are forgotten, but neither waiters nor holders whose lease runs", async () => {
  const { clock, service } = await serviceWith("idle", "holder", "waiter", "overdue");
  await service.request(acquire("holder", 0, { ttlMs: 10 * IDLE_MS }));
  await service.request(acquire("overdue", 0, { lock: "other" }));
  void service.request(acquire("waiter", 0));
  clock.advance(IDLE_MS);
  assertEquals(service.state.sessions.size, 4);
  clock.advance(IDLE_MS);
  assertEquals([...service.state.sessions.keys()], ["holder", "waiter"]);
  assertEquals([...service.state.locks.keys()], ["files"]);
});

Deno.test("Following a log ends at its next record, at the end of the follower, and at that of the server", async () => {
  const { service } = await serviceWith("a");
  const token = tokenOf(await service.request(acquire("a", 0)));
  const never = new AbortController().signal;
  const next = service.appended("file_0", 0, never);
  const leaving = new AbortController();
  const left = service.appended("file_0", 0, leaving.signal);
  leaving.abort();
  assertEquals(await left, false);
  await service.request(append("a", 1, token), new Uint8Array(2));
  assertEquals([await next, await service.appended("file_0", 0, never)], [true, true]);
  const last = service.appended("file_0", 1, never);
  service.stop();
  assertEquals([await last, await service.appended("file_0", 0, never)], [false, false]);
});

Deno.test("A wait that the client's next wait ends is answered", async () => {
  const { clock, service } = await serviceWith("a", "b");
  await service.request(acquire("a", 0));
  const first = service.request(acquire("b", 0, { waitMs: 500 }));
  const second = service.request(acquire("b", 1, { waitMs: 1000 }));
  assertEquals(await stateOf(first), "lock_wait_cancelled");
  clock.advance(999);
  assertEquals(await stateOf(second), "pending");
  clock.advance(1);
  assertEquals(await stateOf(second), "lock_wait_timeout");
});

Deno.test("A follower ahead of the log is not woken before the log is there", async () => {
  const { service } = await serviceWith("a");
  const token = tokenOf(await service.request(acquire("a", 0)));
  const ahead = service.appended("file_0", 1, new AbortController().signal);
  const isThere = () => Promise.race([ahead, Promise.resolve(undefined)]);
  await service.request(append("a", 1, token), new Uint8Array(2));
  assertEquals(await isThere(), undefined);
  await service.request(append("a", 2, token), new Uint8Array(2));
  assertEquals(await ahead, true);
});

Deno.test("What is left of a lease is told of the grant that is meant", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  void service.request(acquire("b", 0));
  clock.advance(2500);
  assertEquals([service.leaseLeftMs("files", token), service.leaseLeftMs("files")], [
    undefined,
    1500,
  ]);
});

Deno.test("Who still waits is told that the server stops, and so is who comes later", async () => {
  const { service } = await serviceWith("a", "b");
  await service.request(acquire("a", 0));
  const waiting = service.request(acquire("b", 0));
  service.stop();
  assertEquals(await stateOf(waiting), "stopping");
  assertEquals(await stateOf(service.request(acquire("b", 1))), "stopping");
});

Deno.test("While the server drains, clients go away and keep their places, and runs go on", async () => {
  const { clock, service } = await serviceWith("a", "b", "run", "c", "late");
  const token = tokenOf(await service.request(acquire("a", 0)));
  const client = service.request(acquire("b", 0));
  const run = service.request(acquire("run", 0), undefined, "run");
  const following = service.appended("file_0", 0, new AbortController().signal);
  service.drain();
  assertEquals([await stateOf(client), await stateOf(run)], ["stopping", "pending"]);
  assertEquals(await following, false);
  assertEquals(await stateOf(service.request(acquire("b", 0))), "stopping");
  assertEquals(await stateOf(service.request(acquire("c", 0))), "stopping");
  const appended = await service.request(append("a", 1, token), new Uint8Array(2));
  assertEquals(appended.kind, "appended");
  const release = { type: "release", client: "a", seq: 2, lock: "files", token } as const;
  assertEquals((await service.request(release)).kind, "released");
  // The client that went away was first in the queue, so its lease has to run out.
  assertEquals([service.state.locks.get("files")?.holder, await stateOf(run)], ["b", "pending"]);
  clock.advance(2000);
  assertEquals(tokenOf(await run) > token, true);
  assertEquals(service.state.locks.get("files")?.queue.map(({ client }) => client), ["c"]);
  const waiting = service.request(acquire("late", 0), undefined, "run");
  service.stop();
  assertEquals(await stateOf(waiting), "stopping");
});

Deno.test("The statistics tell what there is and how often things happened in ten seconds", async () => {
  const { clock, service } = await serviceWith("a", "b");
  const token = tokenOf(await service.request(acquire("a", 0)));
  void service.request(acquire("b", 0));
  await service.request(append("a", 1, token), new Uint8Array(2));
  clock.advance(1000);
  assertEquals(service.stats(), {
    position: 5,
    sessions: 2,
    waiters: 1,
    followers: 0,
    commands_per_second: 0.5,
    appends_per_second: 0.1,
    grants_per_second: 0.1,
    locks: [{ name: "files", holder: "a", token: 3, waiters: 1, lease_left_ms: 1000 }],
    logs: [{ name: "file_0", length: 1, bytes: 2 }],
  });
  clock.advance(20_000);
  assertEquals(service.stats().appends_per_second, 0);
});

Deno.test("Without room what takes some is refused, repeats are answered, and what ends something goes on", async () => {
  const log = new MemoryLog();
  const service = new CoordService({ log, clock: new FakeClock() });
  await service.request({ type: "open", client: "a" });
  const first = acquire("a", 0);
  const token = tokenOf(await service.request(first));
  log.hasRoom = () => false;
  const kind = async (command: Command) => (await service.request(command)).kind;
  assertEquals(await kind({ type: "open", client: "b" }), "full");
  assertEquals(await kind({ type: "create", log: "new" }), "full");
  assertEquals(await kind(acquire("a", 1)), "full");
  assertEquals(await kind(append("a", 1, token)), "full");
  assertEquals(await kind({ type: "open", client: "a" }), "opened");
  assertEquals(await kind({ type: "create", log: "file_0" }), "created");
  assertEquals(await kind(first), "granted");
  assertEquals(
    await kind({ type: "release", client: "a", seq: 1, lock: "files", token }),
    "released",
  );
  assertEquals(await kind({ type: "close", client: "a" }), "closed");
});
