import { assertEquals } from "@std/assert";
import { CoordService } from "../service.ts";
import { MAX_SESSIONS } from "../session_commands.ts";
import { MemoryLog } from "../testing.ts";
import { FakeClock } from "../../testing_clock.ts";
import type { CoordCall } from "./coord_call.ts";
import { CoordRuns } from "./coord_runs.ts";

const DONE = 0;
const NO_ENTRY = 44;
const NO_LOCKS = 46;
const NOT_PERMITTED = 63;
const BOUNDS = { timeoutMs: 1000, roomBytes: 5 };

function setUp() {
  const clock = new FakeClock();
  const coord = new CoordService({ log: new MemoryLog(), clock });
  const runs = new CoordRuns(coord, "run");
  const call = (run: object, wanted: CoordCall) => runs.call(run, wanted, BOUNDS);
  const acquire = (run: object) => call(run, { kind: "acquire", lock: "files", waits: true });
  const holder = () => coord.state.locks.get("files")?.holder;
  /** Lets everything that is promised happen. */
  const settle = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };
  return { clock, coord, runs, call, acquire, holder, settle };
}

const text = (data: string) => new TextEncoder().encode(data);

Deno.test("A run appends under the lock that it holds, and only then", async () => {
  const { call, acquire } = setUp();
  const run = {};
  const append: CoordCall = { kind: "append", log: "file_0", data: text("0123456789") };
  assertEquals((await call(run, append)).errno, NOT_PERMITTED);
  assertEquals(await acquire(run), { errno: DONE, value: 2 });
  assertEquals((await call(run, append)).errno, DONE);
  assertEquals((await call(run, { kind: "size", log: "file_0" })).value, 10);
  assertEquals((await call(run, { ...append, log: "nope" })).errno, NO_ENTRY);
  assertEquals((await call(run, { kind: "release", lock: "files" })).errno, DONE);
  assertEquals((await call(run, append)).errno, NOT_PERMITTED);
});

Deno.test("A run that can have no session is told that there are too many", async () => {
  const { coord, acquire } = setUp();
  for (let n = 0; n < MAX_SESSIONS; n++) {
    void coord.request({ type: "open", client: `c${n}` });
    void coord.request({ type: "acquire", client: `c${n}`, seq: 0, lock: `l${n}`, ttlMs: 2000 });
  }
  assertEquals((await acquire({})).errno, NO_LOCKS);
});

Deno.test("Bytes are read across records, as many as there is room for", async () => {
  const { call, acquire } = setUp();
  const run = {};
  await acquire(run);
  for (const data of ["abc", "", "defg", "h"]) {
    await call(run, { kind: "append", log: "file_0", data: text(data) });
  }
  let read = "";
  for (let offset = 0, bytes; offset < 8; offset += bytes.length) {
    bytes = (await call(run, { kind: "read", log: "file_0", offset })).bytes!;
    assertEquals(bytes.length > 0 && bytes.length <= BOUNDS.roomBytes, true);
    read += new TextDecoder().decode(bytes);
  }
  assertEquals(read, "abcdefgh");
  assertEquals((await call(run, { kind: "read", log: "file_0", offset: 8 })).bytes?.length, 0);
  assertEquals((await call(run, { kind: "read", log: "file_0", offset: 9e15 })).bytes?.length, 0);
});

Deno.test("When a run ends, the next one gets the lock that it held", async () => {
  const { runs, acquire, holder, settle } = setUp();
  const [first, second] = [{}, {}];
  await acquire(first);
  const waiting = acquire(second);
  runs.ended(first);
  assertEquals((await waiting).errno, DONE);
  runs.ended(second);
  await settle();
  assertEquals(holder(), undefined);
});

Deno.test("A run that ends while it waits is not given the lock any more", async () => {
  const { runs, acquire, coord, holder, settle } = setUp();
  const [first, second, third] = [{}, {}, {}];
  await acquire(first);
  void acquire(second);
  const waiting = acquire(third);
  await settle();
  assertEquals(coord.state.locks.get("files")?.queue.length, 2);
  runs.ended(second);
  runs.ended(first);
  await waiting;
  assertEquals(holder(), "run-3");
});

Deno.test("Runs that let go of everything hand their session on, also once it was forgotten", async () => {
  const { runs, acquire, call, coord, holder, settle } = setUp();
  for (let n = 0; n < 3; n++) {
    const run = {};
    assertEquals((await acquire(run)).errno, DONE);
    assertEquals(holder(), "run-1");
    await call(run, { kind: "release", lock: "files" });
    runs.ended(run);
    await settle();
    const { activity } = coord.state.sessions.get("run-1")!;
    await coord.request({ type: "forget", client: "run-1", activity });
    assertEquals(coord.state.sessions.size, 0);
  }
});

Deno.test("A lock is released also while the server stops", async () => {
  const { runs, acquire, coord, holder, settle } = setUp();
  const run = {};
  await acquire(run);
  coord.stop();
  runs.ended(run);
  await settle();
  assertEquals(holder(), undefined);
});
