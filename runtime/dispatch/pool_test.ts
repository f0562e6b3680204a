import { assertEquals } from "@std/assert";
import { CONTROL } from "./control.ts";
import type { ToWorker } from "./messages.ts";
import {
  begin,
  controlOf,
  newJob,
  newTarget,
  outcomeOf,
  setUp,
  setUpWithQuickTarget,
} from "./testing.ts";

Deno.test("A job is sent to a worker, with its target first, and answered from there", async () => {
  const { pool, threads, finish } = setUp();
  const answer = pool.run(newJob());
  await finish(threads[0]!, 0, { stdout: "hello" });
  const types = (threads[0]!.posted as ToWorker[]).map((each) => each.type);
  assertEquals(types, ["control", "target", "runs"]);
  const result = await answer;
  assertEquals(result.kind, "ran");
  if (result.kind === "ran") {
    assertEquals(new TextDecoder().decode(result.result.stdout), "hello");
    assertEquals(result.path, "pool");
  }
});

Deno.test("A worker is told about a target once", async () => {
  const { pool, threads, finish } = setUp();
  const target = newTarget();
  for (let run = 0; run < 3; run++) {
    const answer = pool.run(newJob(target));
    await finish(threads[0]!, run);
    await answer;
  }
  const targets = (threads[0]!.posted as ToWorker[]).filter((each) => each.type === "target");
  assertEquals(targets.length, 1);
});

Deno.test("Jobs go to idle workers, and no more threads are started than asked for", async () => {
  const { pool, threads, runs, turn } = setUp({ workers: 2 });
  for (let i = 0; i < 5; i++) void pool.run(newJob());
  await turn();
  assertEquals(threads.map((thread) => runs(thread).length), [1, 1]);
  assertEquals(pool.load, { queued: 3, running: 2 });
});

Deno.test("Waiting jobs are run in the order they came", async () => {
  const { pool, threads, finish } = setUp();
  const order: number[] = [];
  const answers = [0, 1, 2].map((i) => pool.run(newJob()).then(() => order.push(i)));
  for (const run of [0, 1, 2]) {
    await finish(threads[0]!, run);
    await answers[run];
  }
  assertEquals(order, [0, 1, 2]);
});

Deno.test("A job beyond the queue's length is answered overloaded, with a time to wait", async () => {
  const { pool } = setUp({ queueLength: 2 });
  for (let i = 0; i < 3; i++) void pool.run(newJob());
  const answer = await pool.run(newJob());
  assertEquals(answer, { kind: "overloaded", retryAfterSeconds: 1 });
});

Deno.test("A job that waits too long for a worker is answered overloaded", async () => {
  const { pool, advance, turn } = setUp();
  const slow = newTarget();
  const patient = { ...slow, limits: { ...slow.limits, timeoutMs: 60_000 } };
  void pool.run({ ...newJob(), target: patient });
  const waiting = pool.run(newJob());
  await turn();
  advance(5001);
  assertEquals(outcomeOf(await waiting), "overloaded");
  assertEquals(pool.load, { queued: 0, running: 1 });
});

Deno.test("Behind a job of unknown length nothing is sent ahead", async () => {
  const { pool, threads, runs, turn } = setUp();
  for (let i = 0; i < 3; i++) void pool.run(newJob());
  await turn();
  assertEquals(runs(threads[0]!).length, 1);
});

Deno.test("Behind quick jobs more are sent ahead, up to a millisecond's work, in one message", async () => {
  const { pool, threads, runs, turn, quick } = await setUpWithQuickTarget();
  for (let i = 0; i < 12; i++) void pool.run(newJob(quick));
  await turn();
  // At 0.25 ms each.
  assertEquals(runs(threads[0]!).length, 1 + 4);
  assertEquals(threads[0]!.posted.length, 2 + 2);
  assertEquals(pool.load.queued, 8);
});

Deno.test("With no queue at all, a job still runs if a worker is free", async () => {
  const { pool, threads, turn, finish } = setUp({ queueLength: 0 });
  pool.warmUp();
  await turn();
  const answer = pool.run(newJob());
  assertEquals(outcomeOf(await pool.run(newJob())), "overloaded");
  await finish(threads[0]!, 0);
  assertEquals(outcomeOf(await answer), "ok");
});

Deno.test("What a coarse clock measures as no time at all does not send everything ahead", async () => {
  const scene = setUp({ queueLength: 1000 });
  const { pool, threads, runs, turn, finish } = scene;
  const target = newTarget();
  const first = pool.run(newJob(target));
  await finish(threads[0]!, 0, { runMs: 0 });
  await first;
  for (let i = 0; i < 900; i++) void pool.run(newJob(target));
  await turn();
  assertEquals(runs(threads[0]!).length, 1 + 200);
});

Deno.test("A target that was replaced is forgotten by every worker that knows it", async () => {
  const { pool, threads, finish } = setUp({ workers: 2 });
  const target = newTarget();
  const answer = pool.run(newJob(target));
  await finish(threads[0]!, 0);
  await answer;
  pool.forget(target);
  pool.forget(newTarget());
  assertEquals((threads[0]!.posted as ToWorker[]).at(-1)!.type, "forget");
  const again = pool.run(newJob(target));
  await finish(threads[0]!, 1);
  assertEquals(outcomeOf(await again), "ok");
});

Deno.test("A waiting job whose client has left is dropped; a running one is cancelled in place", async () => {
  const { pool, threads, advance, runs, turn } = setUp();
  let isGone = false;
  void pool.run(newJob(newTarget(), () => isGone));
  const waiting = pool.run(newJob(newTarget(), () => isGone));
  await turn();
  begin(threads[0]!, 0);
  isGone = true;
  advance(25);
  assertEquals(outcomeOf(await waiting), "cancelled");
  const cancelled = Atomics.load(controlOf(threads[0]!), CONTROL.cancelledJob);
  assertEquals(cancelled, runs(threads[0]!)[0]!.jobId);
  assertEquals(threads[0]!.isTerminated, false);
});

Deno.test("Stopping answers everything and ends every thread", async () => {
  const { pool, threads } = setUp();
  const answers = [pool.run(newJob()), pool.run(newJob())];
  pool.stop();
  assertEquals((await Promise.all(answers)).map(outcomeOf), ["cancelled", "cancelled"]);
  assertEquals(threads[0]!.isTerminated, true);
});

Deno.test("After stopping, a job is answered at once and no thread is started", async () => {
  const { pool, threads } = setUp();
  pool.stop();
  assertEquals(outcomeOf(await pool.run(newJob())), "cancelled");
  assertEquals(threads.length, 0);
});

Deno.test("Warming up starts every thread at once", () => {
  const { pool, threads } = setUp({ workers: 3 });
  pool.warmUp();
  assertEquals(threads.length, 3);
});
