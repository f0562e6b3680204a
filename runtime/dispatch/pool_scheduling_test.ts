/** How the pool shares its workers: strategies, limits of functions, and how many workers there are. */
import { assertEquals } from "@std/assert";
import type { RunTarget, Scheduling } from "./job.ts";
import { newJob, newTarget, outcomeOf, setUp } from "./testing.ts";

function targetWith(scheduling: Partial<Scheduling>): RunTarget {
  return {
    ...newTarget(),
    scheduling: { maxConcurrent: Infinity, reservedWorkers: 0, share: 1, ...scheduling },
  };
}

Deno.test("Round robin goes round, and may be chosen while jobs run", async () => {
  const { pool, threads, runs, finish, turn } = setUp({ workers: 3 });
  pool.warmUp();
  await turn();
  const counts = () => threads.map((thread) => runs(thread).length);
  for (let i = 0; i < 2; i++) {
    const answer = pool.run(newJob());
    await finish(threads[0]!, i);
    await answer;
  }
  assertEquals(counts(), [2, 0, 0]);
  pool.strategy = "rr";
  for (const thread of [1, 2, 0]) {
    const answer = pool.run(newJob());
    await finish(threads[thread]!, runs(threads[thread]!).length - 1 + 1);
    await answer;
  }
  assertEquals(counts(), [3, 1, 1]);
});

Deno.test("Another function's backlog is passed, not waited for", async () => {
  const { pool, threads, finish, turn } = setUp();
  const noisy = newTarget();
  const quiet = newTarget();
  const order: string[] = [];
  const run = (name: string, target: RunTarget) => {
    void pool.run(newJob(target)).then(() => order.push(name));
  };
  for (let i = 0; i < 5; i++) run("noisy", noisy);
  run("quiet", quiet);
  await turn();
  for (let i = 0; i < 3; i++) await finish(threads[0]!, i, { runMs: 2 });
  await turn();
  assertEquals(order, ["noisy", "quiet", "noisy"]);
});

Deno.test("When the queue is full, whoever fills it makes room", async () => {
  const { pool } = setUp({ queueLength: 3, startsSlowly: true });
  const noisy = newTarget();
  void pool.run(newJob(noisy));
  const waiting = [1, 2].map(() => pool.run(newJob(noisy)));
  void pool.run(newJob(newTarget()));
  assertEquals(outcomeOf(await waiting[1]!), "overloaded");
  assertEquals(outcomeOf(await pool.run(newJob(noisy))), "overloaded");
  assertEquals(pool.load.queued, 3);
});

Deno.test("A function at its limit waits, while others pass it", async () => {
  const { pool, threads, runs, finish, turn } = setUp({ workers: 2 });
  pool.warmUp();
  await turn();
  const limited = targetWith({ maxConcurrent: 1 });
  const first = pool.run(newJob(limited));
  const second = pool.run(newJob(limited));
  const other = pool.run(newJob());
  await turn();
  assertEquals(threads.map((thread) => runs(thread).length), [1, 1]);
  assertEquals(pool.load.queued, 1);
  await finish(threads[1]!, 0);
  await other;
  assertEquals(pool.load, { queued: 1, running: 1 });
  await finish(threads[0]!, 0);
  await first;
  await finish(threads[0]!, 1);
  assertEquals(outcomeOf(await second), "ok");
});

Deno.test("Reserved workers are left free for their function", async () => {
  const { pool, threads, finish, turn } = setUp({ workers: 2 });
  pool.warmUp();
  await turn();
  const reserving = targetWith({ reservedWorkers: 1 });
  const first = pool.run(newJob(reserving));
  await finish(threads[0]!, 0);
  await first;
  for (let i = 0; i < 2; i++) void pool.run(newJob());
  assertEquals(pool.load, { queued: 1, running: 1 });
  void pool.run(newJob(reserving));
  assertEquals(pool.load, { queued: 1, running: 2 });
});

Deno.test("Workers come when jobs wait, and go when there is nothing to do", async () => {
  const { pool, threads, advance, turn, finish } = setUp({ workers: 3, minWorkers: 1 });
  pool.warmUp();
  await turn();
  assertEquals(pool.workers.length, 1);
  const answers = [0, 1, 2, 3].map(() => pool.run(newJob()));
  for (let i = 0; i < 3; i++) {
    advance(25);
    await turn();
  }
  assertEquals(pool.workers.length, 3);
  for (const thread of threads) await finish(thread, 0);
  await finish(threads[0]!, 1);
  await Promise.all(answers);
  for (let i = 0; i < 30; i++) advance(1000);
  assertEquals(pool.workers.map(({ id }) => id), [1]);
  assertEquals(threads.map(({ isTerminated }) => isTerminated), [false, true, true]);
});

Deno.test("Workers say what they use, twice a second while there is work", async () => {
  const { pool, threads, advance, turn } = setUp();
  void pool.run(newJob());
  await turn();
  advance(500);
  const asked = threads[0]!.posted.filter((each) => (each as { type: string }).type === "measure");
  assertEquals(asked.length, 1);
  threads[0]!.answer({ cpuMs: 100, memoryBytes: 12_345, resets: { recycled: 0, dropped: 0 } });
  assertEquals(pool.workers[0]!.load.memoryBytes, 12_345);
});

Deno.test("A pool can be made smaller and larger while it works", async () => {
  const { pool, threads, advance, turn } = setUp({ workers: 3 });
  pool.warmUp();
  await turn();
  pool.configure({ workers: 1, strategy: "score" });
  for (let i = 0; i < 3; i++) advance(25);
  assertEquals([pool.workers.length, pool.strategy], [1, "score"]);
  assertEquals(threads.filter(({ isTerminated }) => isTerminated).length, 2);
  pool.configure({ workers: 4, minWorkers: 2 });
  advance(25);
  assertEquals([pool.workers.length, pool.strategy], [2, "fifo"]);
});
