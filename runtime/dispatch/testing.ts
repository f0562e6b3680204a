/** A pool on fake threads, for the tests of this folder. */
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import { EMPTY_MODULE } from "../isolate/testing.ts";
import { CONTROL, type ControlWords } from "./control.ts";
import type { Job, JobResult, RunTarget } from "./job.ts";
import { type DoneMessage, packResult, type RunMessage, type ToWorker } from "./messages.ts";
import { WorkerPool } from "./pool.ts";
import type { Ticket } from "./ticket.ts";

/** A target of its own, with a second of wall clock. */
export function newTarget(): RunTarget {
  const limits = { ...DEFAULT_LIMITS, timeoutMs: 1000 };
  return { prepared: EMPTY_MODULE, handler: "_start", limits, inlineScore: 0 };
}

/** A job with a short body. */
export function newJob(target = newTarget(), hasLeft = () => false): Job {
  const none = () => ({ bytes: new Uint8Array(0), count: 0 });
  const input = { args: none, environ: none, stdin: new TextEncoder().encode("body") };
  return { target, input, hasLeft };
}

let lastTicketId = 0;

/** A job in the pool that waits. */
export function newTicket(target?: RunTarget, expectedMs = 0.25, queuedAtMs = 0): Ticket {
  return {
    id: ++lastTicketId,
    job: newJob(target),
    queuedAtMs,
    expectedMs,
    sequence: 0,
    sentAtMs: 0,
    startedAtMs: undefined,
    answer: () => {},
    fail: () => {},
  };
}

/** Lets microtasks run: threads come up, outboxes are sent, promises settle. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** Every run sent to a thread so far. */
export function runsOf(thread: FakeThread): RunMessage[] {
  return (thread.posted as ToWorker[]).flatMap((each) => each.type === "runs" ? each.runs : []);
}

/** The words a thread shares with the pool. */
export function controlOf(thread: FakeThread): ControlWords {
  const [first] = thread.posted as [Extract<ToWorker, { type: "control" }>];
  return first.control;
}

/** The thread begins a run, as the pool sees it. */
export function begin(thread: FakeThread, run: number): void {
  Atomics.store(controlOf(thread), CONTROL.nextSequence, runsOf(thread).at(run)!.sequence + 1);
}

/** Options of {@linkcode setUp}. */
export interface SceneOptions {
  readonly workers?: number;
  readonly minWorkers?: number;
  readonly queueLength?: number;
  /** Whether threads wait for the test to say that they have come up. */
  readonly startsSlowly?: boolean;
}

/** A pool on fake threads and a clock that the test moves. */
export function setUp(options: SceneOptions = {}) {
  const threads: FakeThread[] = [];
  let nowMs = 0;
  let tick = () => {};
  const pool = new WorkerPool({
    workers: options.workers ?? 1,
    minWorkers: options.minWorkers,
    queueLength: options.queueLength ?? 10,
    queueTimeoutMs: 5000,
    spawn: () => {
      const thread = new FakeThread();
      threads.push(thread);
      if (!options.startsSlowly) queueMicrotask(() => thread.answer([]));
      return thread;
    },
    now: () => nowMs,
    every: (each) => {
      tick = each;
      return () => tick = () => {};
    },
  });
  return {
    pool,
    threads,
    runs: runsOf,
    begin,
    advance(ms: number) {
      nowMs += ms;
      tick();
    },
    turn,
    async finish(
      thread: FakeThread,
      run: number,
      result: { stdout?: string; runMs?: number } = {},
    ) {
      await turn();
      thread.answer([done(runsOf(thread)[run]!.jobId, result)]);
    },
  };
}

/** A worker's message that a job ended well. */
export function done(jobId: number, { stdout = "done", runMs = 0.1 } = {}): DoneMessage {
  const result = {
    outcome: { kind: "ok" },
    stdout: new TextEncoder().encode(stdout),
    stderr: new Uint8Array(0),
    fuel: 1,
    memoryPages: 1,
  } as const;
  return packResult(jobId, result, runMs);
}

/** What became of a job, in a word. */
export function outcomeOf(answer: JobResult): string {
  return answer.kind === "ran" ? answer.result.outcome.kind : answer.kind;
}

/** A pool whose only worker has learnt that `quick` is quick. */
export async function setUpWithQuickTarget(options: SceneOptions = {}) {
  const scene = setUp(options);
  const quick = newTarget();
  const first = scene.pool.run(newJob(quick));
  await scene.finish(scene.threads[0]!, 0, { runMs: 0.25 });
  await first;
  return { ...scene, quick };
}
