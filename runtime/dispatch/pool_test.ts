import { assertEquals } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { CONTROL } from "./control.ts";
import type { Job, JobResult, RunTarget } from "./job.ts";
import { packResult, type ToWorker } from "./messages.ts";
import { WorkerPool } from "./pool.ts";

const PREPARED: PreparedModule = {
  id: 1,
  module: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
  info: {
    imports: [],
    exports: [],
    memories: [],
    hasStart: false,
    isRecyclable: true,
    usesExceptions: false,
    codeBytes: 0,
    largestFunctionBytes: 0,
  },
};

function newTarget(): RunTarget {
  const limits = { ...DEFAULT_LIMITS, timeoutMs: 1000 };
  return { prepared: PREPARED, handler: "_start", limits, inlineScore: 0 };
}

function newJob(target = newTarget(), hasLeft = () => false): Job {
  const none = () => ({ bytes: new Uint8Array(0), count: 0 });
  const input = { args: none, environ: none, stdin: new TextEncoder().encode("body") };
  return { target, input, hasLeft };
}

/** A pool on fake threads and a clock that the test moves. */
function setUp(options: { workers?: number; queueLength?: number } = {}) {
  const threads: FakeThread[] = [];
  let nowMs = 0;
  let tick = () => {};
  const pool = new WorkerPool({
    workers: options.workers ?? 1,
    queueLength: options.queueLength ?? 10,
    queueTimeoutMs: 5000,
    spawn: () => {
      threads.push(new FakeThread());
      return threads.at(-1)!;
    },
    now: () => nowMs,
    every: (each) => {
      tick = each;
      return () => tick = () => {};
    },
  });
  const runs = (thread: FakeThread) =>
    (thread.posted as ToWorker[]).flatMap((each) => each.type === "runs" ? each.runs : []);
  return {
    pool,
    threads,
    runs,
    advance(ms: number) {
      nowMs += ms;
      tick();
    },
    /** Lets the outboxes be sent. */
    turn: () => Promise.resolve(),
    async finish(thread: FakeThread, run: number, { stdout = "done", runMs = 0.1 } = {}) {
      await Promise.resolve();
      const bytes = new TextEncoder().encode(stdout);
      const result = {
        outcome: { kind: "ok" },
        stdout: bytes,
        stderr: new Uint8Array(0),
        fuel: 1,
        memoryPages: 1,
      } as const;
      thread.answer([packResult(runs(thread)[run]!.jobId, result, runMs)]);
    },
  };
}

function outcomeOf(answer: JobResult): string {
  return answer.kind === "ran" ? answer.result.outcome.kind : answer.kind;
}

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
  const { pool, advance } = setUp();
  const slow = newTarget();
  const patient = { ...slow, limits: { ...slow.limits, timeoutMs: 60_000 } };
  void pool.run({ ...newJob(), target: patient });
  const waiting = pool.run(newJob());
  advance(5001);
  assertEquals(outcomeOf(await waiting), "overloaded");
  assertEquals(pool.load, { queued: 0, running: 1 });
});

/** A pool whose only worker has learnt that `quick` is quick. */
async function setUpWithQuickTarget(options: { workers?: number } = {}) {
  const scene = setUp(options);
  const quick = newTarget();
  const first = scene.pool.run(newJob(quick));
  await scene.finish(scene.threads[0]!, 0, { runMs: 0.25 });
  await first;
  return { ...scene, quick };
}

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
  const [control] = crowded.posted as [Extract<ToWorker, { type: "control" }>];
  const begun = runs(crowded).at(-3)!.sequence;
  Atomics.store(control.control, CONTROL.nextSequence, begun + 1);
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
  const { pool, threads, advance } = setUp();
  const answer = pool.run(newJob());
  advance(1000);
  assertEquals(threads[0]!.isTerminated, false);
  advance(100);
  assertEquals(outcomeOf(await answer), "timeout");
  assertEquals(threads[0]!.isTerminated, true);
  assertEquals(threads.length, 2);
});

Deno.test("When a worker is replaced, the jobs sent ahead run on the new one", async () => {
  const { pool, threads, finish, advance, quick } = await setUpWithQuickTarget();
  const stuck = pool.run(newJob(quick));
  const unharmed = pool.run(newJob(quick));
  advance(1100);
  assertEquals(outcomeOf(await stuck), "timeout");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await unharmed), "ok");
});

Deno.test("A worker that dies answers its running job and is replaced; waiting jobs go on", async () => {
  const { pool, threads, finish } = setUp();
  const lost = pool.run(newJob());
  const waiting = pool.run(newJob());
  threads[0]!.crash("exit code 1");
  assertEquals(outcomeOf(await lost), "trapped");
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await waiting), "ok");
});

Deno.test("A late answer of a job that was given up changes nothing", async () => {
  const { pool, threads, advance, finish, turn } = setUp();
  const overdue = pool.run(newJob());
  await turn();
  advance(1100);
  await overdue;
  await finish(threads[0]!, 0);
  const next = pool.run(newJob());
  await finish(threads[1]!, 0);
  assertEquals(outcomeOf(await next), "ok");
});

Deno.test("A waiting job whose client has left is dropped; a running one is cancelled in place", async () => {
  const { pool, threads, advance, runs, turn } = setUp();
  let isGone = false;
  void pool.run(newJob(newTarget(), () => isGone));
  const waiting = pool.run(newJob(newTarget(), () => isGone));
  await turn();
  isGone = true;
  advance(25);
  assertEquals(outcomeOf(await waiting), "cancelled");
  const [first] = threads[0]!.posted as [Extract<ToWorker, { type: "control" }>];
  assertEquals(Atomics.load(first.control, CONTROL.cancelledJob), runs(threads[0]!)[0]!.jobId);
  assertEquals(threads[0]!.isTerminated, false);
});

Deno.test("Stopping answers everything and ends every thread", async () => {
  const { pool, threads } = setUp();
  const answers = [pool.run(newJob()), pool.run(newJob())];
  pool.stop();
  assertEquals((await Promise.all(answers)).map(outcomeOf), ["cancelled", "cancelled"]);
  assertEquals(threads[0]!.isTerminated, true);
});

Deno.test("Warming up starts every thread at once", () => {
  const { pool, threads } = setUp({ workers: 3 });
  pool.warmUp();
  assertEquals(threads.length, 3);
});
