import { assertEquals, assertMatch } from "@std/assert";
import { type GuestName, GUESTS } from "../../tests/guests/guests.ts";
import { INPUT, prepareGuest } from "../../tests/support/engine.ts";
import { DEFAULT_LIMITS, type Limits } from "../isolate/limits.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { CONTROL, newControlWords } from "./control.ts";
import { packRun, type RunAnswer, type RunMessage, unpackResult } from "./messages.ts";
import { packProgram } from "./packed_program.ts";
import { PoolWorker } from "./worker.ts";

/** A worker on this thread, and what it posts. */
function setUp() {
  const posted: (readonly RunAnswer[])[] = [];
  const port: ThreadPort = {
    role: "pool",
    post: (message) => posted.push(message as RunAnswer[]),
    onMessage: () => {},
  };
  const worker = new PoolWorker(port);
  const control = newControlWords();
  worker.handle({ type: "control", control });
  let lastSequence = 0;
  function runExpecting(expectedMs: number, ...targetIds: number[]) {
    const runs = targetIds.map((targetId): RunMessage => {
      const id = ++lastSequence;
      const needs = { args: false, environ: false };
      return packRun({ id, sequence: id, expectedMs }, targetId, needs, INPUT);
    });
    worker.handle({ type: "runs", runs });
  }
  return {
    worker,
    control,
    posted,
    async introduce(targetId: number, guest: GuestName, limits: Partial<Limits> = {}) {
      const prepared = await prepareGuest(await GUESTS[guest]());
      const all = { ...DEFAULT_LIMITS, ...limits };
      worker.handle({
        type: "target",
        targetId,
        prepared,
        handler: "_start",
        limits: all,
        mounts: [],
      });
    },
    /** Runs of these targets, in one message; a job's id is its sequence number. */
    run(...targetIds: number[]) {
      runExpecting(0, ...targetIds);
    },
    runExpecting,
  };
}

function shown(answer: RunAnswer): string {
  if ("failure" in answer) return `${answer.jobId} failed`;
  const { outcome, stdout } = unpackResult(answer);
  return `${answer.jobId} ${outcome.kind} ${new TextDecoder().decode(stdout)}`.trimEnd();
}

Deno.test("A worker says that it has come up, with nothing to answer", () => {
  assertEquals(setUp().posted, [[]]);
});

Deno.test("Runs of one message are answered in their order, and the word tells how far they are", async () => {
  const { introduce, run, posted, control } = setUp();
  await introduce(1, "exit0");
  await introduce(2, "exit3");
  run(1, 2, 1);
  const answers = posted.flat().map(shown);
  assertEquals(answers, ["1 ok before", "2 exited", "3 ok before"]);
  assertEquals(control[CONTROL.nextSequence], 4);
});

Deno.test("A halted worker begins nothing until it is told where to go on", async () => {
  const { introduce, run, posted, control, worker } = setUp();
  await introduce(1, "exit0");
  control[CONTROL.nextSequence] = CONTROL.halted;
  run(1, 1);
  assertEquals(posted.flat(), []);
  worker.handle({ type: "resume", nextSequence: 3 });
  run(1);
  assertEquals(posted.flat().map(shown), ["3 ok before"]);
});

Deno.test("A run past its wall clock ends at a host call", async () => {
  const { introduce, run, posted } = setUp();
  await introduce(1, "manyHostCalls", { timeoutMs: 5 });
  await introduce(2, "sleepMinute", { timeoutMs: 5 });
  run(1, 2);
  assertEquals(posted.flat().map(shown), ["1 timeout", "2 timeout"]);
});

Deno.test("A run has all of its own limits", async () => {
  const { introduce, run, posted } = setUp();
  await introduce(1, "endlessLoop", { fuel: 3_000_000 });
  await introduce(2, "outputFlood", { stdoutBytes: 100 });
  run(1, 2);
  assertEquals(posted.flat().map(shown), ["1 fuel_exhausted", "2 output_too_large"]);
});

Deno.test("A cancelled job ends at a host call and does not sleep; the next one is not meant", async () => {
  const { introduce, run, posted, control } = setUp();
  await introduce(1, "sleepMinute", { timeoutMs: 60_000 });
  await introduce(2, "exit0");
  control[CONTROL.cancelledJob] = 1;
  run(1, 2);
  assertEquals(posted.flat().map(shown), ["1 cancelled", "2 ok before"]);
});

Deno.test("Results do not sleep with the run behind them", async () => {
  const { introduce, run, posted, control } = setUp();
  await introduce(1, "exit0");
  await introduce(2, "sleepMinute", { timeoutMs: 60_000 });
  control[CONTROL.cancelledJob] = 2;
  run(1, 2);
  const messages = posted.map((answers) => answers.map(shown));
  assertEquals(messages, [[], ["1 ok before"], ["2 cancelled"]]);
});

Deno.test("Results do not wait for a run that may take long", async () => {
  const { introduce, runExpecting, posted } = setUp();
  await introduce(1, "exit0");
  runExpecting(Infinity, 1, 1);
  assertEquals(posted.slice(1).map((answers) => answers.map(shown)), [
    ["1 ok before"],
    ["2 ok before"],
  ]);
});

Deno.test("A fault of Skerry's own is told with its stack, and harms no other job", async () => {
  const { introduce, run, posted, worker } = setUp();
  await introduce(1, "exit0");
  await introduce(2, "exit0");
  worker.handle({ type: "forget", targetId: 2 });
  worker.handle({ type: "forget", targetId: 99 });
  run(1, 2, 1);
  const answers = posted.flat();
  assertEquals(answers.map(shown), ["1 ok before", "2 failed", "3 ok before"]);
  assertMatch((answers[1] as { failure: string }).failure, /^TypeError: .*\n +at /);
});

Deno.test("A worker starts every run of a program from its snapshot", async () => {
  const { worker, posted, run } = setUp();
  const prepared = await prepareGuest(await GUESTS.exit0());
  // The guest's own data, a text it prints, is not in the snapshot.
  const program = packProgram({ args: [], files: {}, snapshot: { memoryPages: 1, extents: [] } });
  const target = { targetId: 1, prepared, handler: "_start", limits: DEFAULT_LIMITS };
  worker.handle({ type: "target", ...target, mounts: [], program });
  worker.handle({ type: "target", ...target, targetId: 2, mounts: [] });
  run(1, 2, 1);
  assertEquals(posted.flat().map(shown), [
    "1 ok \0\0\0\0\0\0\0",
    "2 ok before",
    "3 ok \0\0\0\0\0\0\0",
  ]);
});
