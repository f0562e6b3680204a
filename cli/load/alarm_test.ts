import { assert, assertEquals } from "@std/assert";
import type { WorkerThread } from "../../runtime/platform/platform.ts";
import { spawnThread } from "../../runtime/platform/threads.ts";
import { Alarm } from "./alarm.ts";
import { CELLS } from "./alarm_thread.ts";

/** A thread that rings when the test says so. */
function fakeThread() {
  let cells = new Int32Array(new SharedArrayBuffer(0));
  let exit = (_reason: string) => {};
  // What a real thread does, too; waiting for a cell does not.
  const keepAlive = setInterval(() => {}, 1000);
  const thread: WorkerThread = {
    post: (buffer) => cells = new Int32Array(buffer as SharedArrayBuffer),
    onMessage: () => {},
    onExit: (handler) => exit = handler,
    terminate: () => {},
  };
  return {
    thread,
    ring() {
      Atomics.add(cells, CELLS.rang, 1);
      Atomics.notify(cells, CELLS.rang);
    },
    end: () => exit("out of memory"),
    delayUs: () => cells[CELLS.delayUs]!,
    timesSet: () => cells[CELLS.set],
    [Symbol.dispose]: () => clearInterval(keepAlive),
  };
}

Deno.test("An alarm is there once its thread has rung, and wakes those whose time has come", async () => {
  using fake = fakeThread();
  const opening = Alarm.open(fake.thread);
  fake.ring();
  const alarm = await opening;
  const nowMs = performance.now();
  const woken: string[] = [];
  void alarm.at(nowMs + 1e9).then(() => woken.push("in a week"));
  assertEquals([fake.delayUs(), fake.timesSet()], [1e9, 1]);
  const later = alarm.at(nowMs - 1).then(() => woken.push("later"));
  const sooner = alarm.at(nowMs - 2).then(() => woken.push("sooner"));
  void alarm.at(nowMs + 1e6).then(() => woken.push("in a while"));
  assertEquals([fake.delayUs(), fake.timesSet()], [0, 3]);
  fake.ring();
  await Promise.all([later, sooner]);
  assertEquals(woken, ["sooner", "later"]);
  assert(fake.delayUs() > 9e8 && fake.timesSet() === 4, "it is set for whoever is next");
  alarm.close();
});

Deno.test("Who does not want to wait any more is woken", async () => {
  using fake = fakeThread();
  const opening = Alarm.open(fake.thread);
  fake.ring();
  const alarm = await opening;
  const leaving = new AbortController();
  const waiting = alarm.at(performance.now() + 1e6, leaving.signal);
  leaving.abort();
  await waiting;
  await alarm.at(performance.now() + 1e6, leaving.signal);
  alarm.close();
});

Deno.test("Without its thread an alarm keeps nobody waiting", async () => {
  using fake = fakeThread();
  const opening = Alarm.open(fake.thread);
  fake.ring();
  const alarm = await opening;
  const waiting = alarm.at(performance.now() + 1e6);
  fake.end();
  await waiting;
  await alarm.at(performance.now() + 1e6);
  using stillborn = fakeThread();
  const never = Alarm.open(stillborn.thread);
  stillborn.end();
  await (await never).at(performance.now() + 1e6);
});

Deno.test("A real thread wakes in the order of the times, and none before its own", async () => {
  const alarm = await Alarm.open(spawnThread(new URL("../../main.ts", import.meta.url), "alarm"));
  const startMs = performance.now();
  const early: number[] = [];
  const order: number[] = [];
  const sleep = async (afterMs: number) => {
    await alarm.at(startMs + afterMs);
    if (performance.now() < startMs + afterMs) early.push(afterMs);
    order.push(afterMs);
  };
  await Promise.all([30, 10, 20, 20.5, 5, 0].map(sleep));
  assertEquals([order, early], [[0, 5, 10, 20, 20.5, 30], []]);
  alarm.close();
});
