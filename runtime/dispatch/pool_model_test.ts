import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { WorkerThread } from "../platform/platform.ts";
import { CONTROL, type ControlWords, newControlWords } from "./control.ts";
import type { JobResult } from "./job.ts";
import type { FromWorker, RunAnswer, RunMessage, ToWorker } from "./messages.ts";
import { WorkerPool } from "./pool.ts";
import { done, newJob, newTarget, outcomeOf, turn } from "./testing.ts";

/**
 * A worker thread that keeps the protocol of `worker.ts` one atomic step at a time, so that a test decides
 * what happens between any two of them. What it posts arrives in a step of its own, even after its end.
 */
class SteppedThread implements WorkerThread {
  #inbox: ToWorker[] = [];
  #outbox: FromWorker[] = [];
  #batch: RunMessage[] = [];
  #results: RunAnswer[] = [];
  #running: RunMessage | undefined;
  #control: ControlWords = newControlWords();
  #isEnded = false;
  #onMessage: (message: unknown) => void = () => {};
  #onExit: (reason: string) => void = () => {};

  post(message: unknown): void {
    this.#inbox.push(message as ToWorker);
  }

  onMessage(handler: (message: unknown) => void): void {
    this.#onMessage = handler;
  }

  onExit(handler: (reason: string) => void): void {
    this.#onExit = handler;
  }

  terminate(): void {
    this.#isEnded = true;
  }

  /** Dies by itself. */
  crash(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onExit("crashed");
  }

  /** What it posted first and was not delivered yet arrives. */
  deliver(): boolean {
    const message = this.#outbox.shift();
    if (message !== undefined) this.#onMessage(message);
    return message !== undefined;
  }

  /** Does the next thing; false if there is none. */
  step(): boolean {
    if (this.#isEnded) return false;
    if (this.#running !== undefined) return this.#finish(this.#running);
    const run = this.#batch.shift();
    if (run !== undefined) return this.#begin(run);
    const message = this.#inbox.shift();
    if (message !== undefined) this.#handle(message);
    return message !== undefined;
  }

  #handle(message: ToWorker): void {
    if (message.type === "control") {
      this.#control = message.control;
      this.#outbox.push([]);
    } else if (message.type === "resume") {
      Atomics.store(this.#control, CONTROL.nextSequence, message.nextSequence);
    } else if (message.type === "measure") {
      this.#outbox.push({ cpuMs: undefined, memoryBytes: 1, resets: { recycled: 0, dropped: 0 } });
    } else if (message.type === "runs") {
      this.#batch = [...message.runs];
    }
  }

  #begin(run: RunMessage): boolean {
    const { sequence } = run;
    const found = Atomics.compareExchange(
      this.#control,
      CONTROL.nextSequence,
      sequence,
      sequence + 1,
    );
    if (found === sequence) {
      this.#running = run;
    } else {
      this.#batch = [];
      this.#send();
    }
    return true;
  }

  #finish({ jobId }: RunMessage): boolean {
    this.#running = undefined;
    this.#results.push(done(jobId));
    if (this.#batch.length === 0) this.#send();
    return true;
  }

  #send(): void {
    if (this.#results.length > 0) this.#outbox.push(this.#results);
    this.#results = [];
  }
}

type Event =
  | { readonly kind: "job"; readonly target: number }
  | { readonly kind: "step" | "deliver" | "crash"; readonly thread: number }
  | { readonly kind: "turn" }
  | { readonly kind: "wait"; readonly ms: number };

const EVENTS: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("job"), target: fc.nat(2) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("step"), thread: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("deliver"), thread: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("turn") }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(1, 25, 400) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash"), thread: fc.nat(3) }) },
) as fc.Arbitrary<Event>;

function newScene() {
  const threads: SteppedThread[] = [];
  const answers: Promise<JobResult>[] = [];
  const targets = [
    newTarget(),
    { ...newTarget(), scheduling: { maxConcurrent: 1, reservedWorkers: 0, share: 2 } },
    { ...newTarget(), scheduling: { maxConcurrent: 9, reservedWorkers: 1, share: 1 } },
  ];
  let nowMs = 0;
  let tick = () => {};
  const pool = new WorkerPool({
    workers: 3,
    minWorkers: 1,
    strategy: "rr",
    queueLength: 1000,
    queueTimeoutMs: 1e9,
    spawn: () => {
      threads.push(new SteppedThread());
      return threads.at(-1)!;
    },
    now: () => nowMs,
    every: (each) => {
      tick = each;
      return () => tick = () => {};
    },
  });
  const wait = (ms: number) => {
    nowMs += ms;
    tick();
  };
  return { threads, answers, targets, pool, wait };
}

type Scene = ReturnType<typeof newScene>;

async function play({ threads, answers, targets, pool, wait }: Scene, event: Event) {
  if (event.kind === "job") answers.push(pool.run(newJob(targets[event.target])));
  else if (event.kind === "turn") await turn();
  else if (event.kind === "wait") wait(event.ms);
  else threads.at(-1 - event.thread)?.[event.kind]();
}

/** Lets everything go well until there is nothing left to do. */
async function settle({ threads, pool, wait }: Scene) {
  for (let rounds = 0; pool.load.queued + pool.load.running > 0; rounds++) {
    assert(rounds < 500, `stuck with ${JSON.stringify(pool.load)}`);
    await turn();
    let isBusy = false;
    for (const thread of [...threads]) isBusy = thread.step() || thread.deliver() || isBusy;
    if (!isBusy) wait(50);
  }
}

Deno.test("Every job is answered, whatever threads and messages do and when", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(EVENTS, { maxLength: 120, size: "max" }), async (events) => {
      const scene = newScene();
      // Known targets are sent ahead, which is where it becomes interesting.
      for (let target = 0; target < 3; target++) await play(scene, { kind: "job", target });
      await settle(scene);
      for (const event of events) await play(scene, event);
      await settle(scene);
      const outcomes = (await Promise.all(scene.answers)).map(outcomeOf);
      const isExpected = (each: string) => ["ok", "trapped", "timeout"].includes(each);
      assertEquals(outcomes.filter((each) => !isExpected(each)), []);
    }),
    { numRuns: 500 },
  );
});
