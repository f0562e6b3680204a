import { assertEquals } from "@std/assert";
import type { FakeThread } from "../../tests/support/fake_thread.ts";
import type { ToWorker } from "./messages.ts";
import { WorkerPool } from "./pool.ts";
import {
  begin,
  done,
  newJob,
  newTarget,
  outcomeOf,
  setUp,
  setUpWithQuickTarget,
} from "./testing.ts";
import { EMPTY_MODULE } from "../isolate/testing.ts";

Deno.test("What waits behind an unexpectedly long run is taken back and run elsewhere", async () => {
  const { pool, threads, runs, turn, advance, finish, quick } = await setUpWithQuickTarget({
    workers: 2,
  });
  const busy = pool.run(newJob(newTarget()));
  void pool.run(newJob(quick));
  const stuck = [pool.run(newJob(quick)), pool.run(newJob(quick))];
  await turn();
  const crowded = threads.find((thread) => runs(thread).length >= 3)!;
  const other = threads.find((thread) => thread !== crowded)!;
  // The crowded worker begins its first run and stays in it; the other one becomes free.
  begin(crowded, -3);
  const before = runs(other).length;
  await finish(other, before - 1);
  await busy;
  advance(25);
  await turn();
  assertEquals(runs(other).length, before + 2);
  await finish(other, before);
  await finish(other, before + 1);
  assertEquals((await Promise.all(stuck)).map(outcomeOf), ["ok", "ok"]);
  const resume = (crowded.posted as ToWorker[]).at(-1)!;
  assertEquals(resume.type, "resume");
});

Deno.test("A run past its wall clock is answered timeout, and its worker is replaced", async () => {
  const { pool, threads, advance, turn } = setUp();
  const answer = pool.run(newJob());
  await turn();
  begin(threads[0]!, 0);
  advance(1000);
  assertEquals(threads[0]!.isTerminated, false);
  advance(100);
  assertEquals(outcomeOf(await answer), "timeout");
  assertEquals(threads[0]!.isTerminated, true);
  assertEquals(threads.length, 2);
});

Deno.test("When a worker is replaced, the jobs sent ahead run on the new one", async () => {
  const { pool, threads, finish, advance, quick, turn } = await setUpWithQuickTarget();
  const stuck = pool.run(newJob(quick));
  const unharmed = pool.run(newJob(quick));
  await turn();
  begin(threads[0]!, 1);
  advance(1100);
  assertEquals(outcomeOf(await stuck), "timeout");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await unharmed), "ok");
});

Deno.test("A worker that dies answers its running job and is replaced; waiting jobs go on", async () => {
  const { pool, threads, finish, turn } = setUp();
  const lost = pool.run(newJob());
  const waiting = pool.run(newJob());
  await turn();
  begin(threads[0]!, 0);
  threads[0]!.crash("exit code 1");
  assertEquals(outcomeOf(await lost), "trapped");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await waiting), "ok");
});

Deno.test("A late answer of a job that was given up changes nothing", async () => {
  const { pool, threads, advance, finish, turn } = setUp();
  const overdue = pool.run(newJob());
  const waiting = pool.run(newJob());
  await turn();
  begin(threads[0]!, 0);
  advance(1100);
  assertEquals(outcomeOf(await overdue), "timeout");
  await finish(threads[0]!, 0);
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await waiting), "ok");
});

Deno.test("A late answer brings no new work to a worker that was given up", async () => {
  const { pool, threads, runs, advance, finish, turn } = setUp({ startsSlowly: true });
  const overdue = pool.run(newJob());
  threads[0]!.answer([]);
  const waiting = pool.run(newJob());
  await turn();
  begin(threads[0]!, 0);
  advance(1100);
  assertEquals(outcomeOf(await overdue), "timeout");
  await finish(threads[0]!, 0);
  assertEquals(runs(threads[0]!).length, 1);
  threads[1]!.answer([]);
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await waiting), "ok");
});

Deno.test("Behind a run that takes unexpectedly long nothing more is sent ahead", async () => {
  const { pool, threads, runs, turn, advance, finish, quick } = await setUpWithQuickTarget();
  const long = pool.run(newJob(quick));
  await turn();
  begin(threads[0]!, 1);
  advance(25);
  const next = pool.run(newJob(quick));
  await turn();
  assertEquals(runs(threads[0]!).length, 2);
  await finish(threads[0]!, 1);
  assertEquals(outcomeOf(await long), "ok");
  await finish(threads[0]!, 2);
  assertEquals(outcomeOf(await next), "ok");
});

Deno.test("Results that wait behind a long run are not waited for: their jobs run elsewhere", async () => {
  const { pool, threads, runs, turn, advance, finish, quick } = await setUpWithQuickTarget({
    workers: 2,
  });
  const busy = pool.run(newJob());
  const early = pool.run(newJob(quick));
  const long = pool.run(newJob());
  await turn();
  const [other, crowded] = threads as [FakeThread, FakeThread];
  // The quick run is finished; its result would come with that of the long one behind it.
  begin(crowded, 1);
  await finish(other, 1);
  assertEquals(outcomeOf(await busy), "ok");
  advance(0);
  advance(25);
  await finish(other, 2);
  assertEquals(outcomeOf(await early), "ok");
  crowded.answer(runs(crowded).map(({ jobId }) => done(jobId)));
  assertEquals(outcomeOf(await long), "ok");
  assertEquals(pool.load, { queued: 0, running: 0 });
});

Deno.test("The wall clock is held against the run that is under way, not the first one sent", async () => {
  const { pool, threads, turn, advance, finish, quick } = await setUpWithQuickTarget();
  const early = pool.run(newJob(quick));
  const endless = pool.run(newJob());
  await turn();
  begin(threads[0]!, 2);
  advance(0);
  advance(1100);
  assertEquals(outcomeOf(await endless), "timeout");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await early), "ok");
});

Deno.test("No time runs for a job before its thread is up and has begun it", async () => {
  const { pool, threads, runs, turn, advance, finish } = setUp({ startsSlowly: true });
  const answer = pool.run(newJob());
  advance(3000);
  assertEquals(runs(threads[0]!).length, 0);
  threads[0]!.answer([]);
  await turn();
  advance(3000);
  begin(threads[0]!, 0);
  advance(25);
  advance(900);
  await finish(threads[0]!, 0);
  assertEquals(outcomeOf(await answer), "ok");
  assertEquals(threads.length, 1);
});

Deno.test("A job sent to a worker that dies before beginning it runs on the next one", async () => {
  const { pool, threads, turn, finish } = setUp();
  const answer = pool.run(newJob());
  await turn();
  threads[0]!.crash("exit code 1");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await answer), "ok");
});

Deno.test("Threads that die as they start are replaced a second apart, not in a busy loop", async () => {
  const { pool, threads, advance, finish } = setUp({ startsSlowly: true });
  const answer = pool.run(newJob());
  threads[0]!.crash("cannot start");
  advance(25);
  advance(900);
  assertEquals(threads.length, 1);
  advance(100);
  assertEquals(threads.length, 2);
  threads[1]!.answer([]);
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await answer), "ok");
});

Deno.test("A pool that cannot start any thread answers overloaded", async () => {
  let tick = () => {};
  let nowMs = 0;
  const pool = new WorkerPool({
    workers: 1,
    queueLength: 10,
    queueTimeoutMs: 5000,
    spawn: () => {
      throw new Error("no more threads");
    },
    now: () => nowMs,
    every: (each) => {
      tick = each;
      return () => {};
    },
  });
  const answer = pool.run(newJob());
  nowMs = 5001;
  tick();
  assertEquals(outcomeOf(await answer), "overloaded");
});

Deno.test("A fault of Skerry's own rejects, in the worker and in making a job's input", async () => {
  const { pool, threads, runs, turn, finish } = setUp();
  const failed = pool.run(newJob());
  await turn();
  threads[0]!.answer([{ jobId: runs(threads[0]!)[0]!.jobId, failure: "TypeError: oops" }]);
  assertEquals(await failed.catch((error: Error) => error.message), "TypeError: oops");
  const job = newJob();
  const info = {
    ...EMPTY_MODULE.info,
    imports: [{ module: "wasi_snapshot_preview1", name: "args_get", kind: "function" }],
  } as const;
  const target = { ...newTarget(), prepared: { ...EMPTY_MODULE, info } };
  const args = () => {
    throw new Error("no arguments");
  };
  const unmade = pool.run({ ...job, target, input: { ...job.input, args } });
  assertEquals(await unmade.catch((error: Error) => error.message), "no arguments");
  const next = pool.run(newJob());
  await finish(threads[0]!, 1);
  assertEquals(outcomeOf(await next), "ok");
});
