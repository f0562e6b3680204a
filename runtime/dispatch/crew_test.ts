import { assertEquals } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { Crew } from "./crew.ts";

/** A crew that makes up its losses, as a pool has it do. */
function setUp() {
  const threads: FakeThread[] = [];
  let nowMs = 0;
  const crew = new Crew({
    spawn() {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
    now: () => nowMs,
    onMessage: (worker) => worker.isReady = true,
    onCrash: (worker) => void crew.dismiss(worker),
  });
  return {
    crew,
    threads,
    /** How many threads there are after so long. */
    grown(ms: number): number {
      nowMs += ms;
      crew.growTo(1);
      return crew.workers.length;
    },
    crash() {
      threads.at(-1)!.answer([]);
      threads.at(-1)!.crash("exit code 1");
    },
  };
}

Deno.test("A crashed worker is made up for at once, a second one soon, and so on ever later", () => {
  const { grown, crash } = setUp();
  grown(0);
  crash();
  assertEquals(grown(0), 1);
  for (const delayMs of [50, 100, 200, 400, 800, 1000, 1000]) {
    crash();
    assertEquals([grown(delayMs - 1), grown(1)], [0, 1]);
  }
});

Deno.test("After ten quiet seconds a crash is the first one again", () => {
  const { grown, crash } = setUp();
  grown(0);
  crash();
  grown(0);
  crash();
  assertEquals(grown(50), 1);
  grown(10_001);
  crash();
  assertEquals(grown(0), 1);
});

Deno.test("A worker that was dismissed is not heard any more", () => {
  const { crew, threads, grown } = setUp();
  grown(0);
  const [worker] = crew.workers;
  assertEquals([crew.dismiss(worker!), crew.dismiss(worker!)], [true, false]);
  threads[0]!.answer([]);
  assertEquals([worker!.isReady, threads[0]!.isTerminated], [false, true]);
});

Deno.test("Workers are numbered in the order they start", () => {
  const { crew } = setUp();
  crew.growTo(3);
  crew.dismiss(crew.workers[1]!);
  crew.growTo(3);
  assertEquals(crew.workers.map(({ id }) => id), [1, 3, 4]);
  assertEquals(crew.starting, 3);
});
