import { assertEquals } from "@std/assert";
import { ChildRunner } from "./child_runner.ts";
import { DEFAULT_NATIVE_LIMITS } from "./limits.ts";
import { describeOutcome } from "./outcome.ts";
import type { Zygote } from "./spawn_zygote.ts";
import type { ChildRequest, ZygoteMessage } from "./zygote/messages.ts";

/** A zygote that does what the test says. */
class FakeZygote implements Zygote {
  readonly requests: ChildRequest[] = [];
  killed = 0;
  closed = 0;
  #line: (line: string) => void = () => {};
  #exit: (reason: string) => void = () => {};

  send(line: string): void {
    this.requests.push(JSON.parse(line));
  }

  onLine(handler: (line: string) => void): void {
    this.#line = handler;
  }

  onExit(handler: (reason: string) => void): void {
    this.#exit = handler;
  }

  kill(): void {
    this.killed++;
  }

  // deno-lint-ignore require-await
  async close(): Promise<void> {
    this.closed++;
  }

  say(message: ZygoteMessage): void {
    this.#line(JSON.stringify(message));
  }

  ready(): void {
    this.say({ kind: "ready", pid: 7 });
  }

  end(reason: string): void {
    this.#exit(reason);
  }

  /** The child of the `index`-th request has done well. */
  finish(index: number): void {
    const { id } = this.requests[index]!;
    const ending = { exitCode: 0, signal: 0, isTimedOut: false, message: "", stderr: "" };
    this.say({ kind: "ended", id, stage: "done", ...ending, runMs: 1, cpuMs: 1 });
  }
}

function scene(options: { readonly maxRunning?: number; readonly maxWaiting?: number } = {}) {
  const zygotes: FakeZygote[] = [];
  const timers: { ms: number; callback: () => void }[] = [];
  const lost: string[] = [];
  const runner = new ChildRunner({
    spawn: () => {
      const zygote = new FakeZygote();
      zygotes.push(zygote);
      return zygote;
    },
    maxRunning: 2,
    maxWaiting: 10,
    ...options,
    after: (ms, callback) => {
      const timer = { ms, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    onZygoteLost: (reason, wasReady) => lost.push(`${wasReady ? "after" : "before"}: ${reason}`),
  });
  const run = async (functionName = "f") => {
    const request = { library: "/l.so", functionName, output: "/o", limits: DEFAULT_NATIVE_LIMITS };
    return describeOutcome((await runner.run(request)).outcome);
  };
  return { runner, run, zygotes, timers, lost };
}

Deno.test("calls wait until the zygote is ready, and until others have ended", async () => {
  const { run, zygotes, runner, timers } = scene();
  const runs = ["a", "b", "c"].map(run);
  const [zygote] = zygotes as [FakeZygote];
  assertEquals(zygote.requests.length, 0);
  zygote.ready();
  assertEquals(zygote.requests.map(({ functionName }) => functionName), ["a", "b"]);
  assertEquals([runner.running, runner.waiting], [2, 1]);
  zygote.finish(1);
  assertEquals(zygote.requests.map(({ functionName }) => functionName), ["a", "b", "c"]);
  zygote.finish(0);
  zygote.finish(2);
  assertEquals(await Promise.all(runs), ["ok", "ok", "ok"]);
  assertEquals([zygotes.length, timers.length], [1, 0]);
});

Deno.test("what ran with a zygote that ended is lost, what waited goes to the next", async () => {
  const { run, zygotes, lost } = scene({ maxRunning: 1 });
  const runs = ["a", "b"].map(run);
  zygotes[0]!.ready();
  zygotes[0]!.end("it ended with SIGKILL");
  assertEquals(await runs[0], "the process of native calls is gone: it ended with SIGKILL");
  zygotes[1]!.ready();
  zygotes[1]!.finish(0);
  assertEquals(await runs[1], "ok");
  assertEquals(lost, ["after: it ended with SIGKILL"]);
  // What the first one says now is nobody's.
  zygotes[0]!.ready();
  zygotes[0]!.end("again");
  assertEquals(lost.length, 1);
});

Deno.test("a zygote that cannot start fails what waits, and the next call tries again", async () => {
  const { run, zygotes, lost } = scene();
  const first = run();
  zygotes[0]!.end("it needs Deno");
  assertEquals(await first, "the process of native calls is gone: it needs Deno");
  assertEquals([lost, zygotes.length], [["before: it needs Deno"], 1]);
  const second = run();
  zygotes[1]!.ready();
  zygotes[1]!.finish(0);
  assertEquals(await second, "ok");
});

Deno.test("a zygote that does not answer for long after a call's time is killed and replaced", async () => {
  const { run, zygotes, timers } = scene();
  const first = run();
  zygotes[0]!.ready();
  assertEquals(timers[0]!.ms, DEFAULT_NATIVE_LIMITS.timeoutMs + 10_000);
  timers[0]!.callback();
  assertEquals(await first, "the process of native calls is gone: it did not answer");
  assertEquals(zygotes[0]!.killed, 1);
  const second = run();
  zygotes[1]!.ready();
  zygotes[1]!.finish(0);
  assertEquals(await second, "ok");
});

Deno.test("more than may wait are told so, and none is taken when the server stops", async () => {
  const { run, runner, zygotes } = scene({ maxRunning: 1, maxWaiting: 1 });
  const first = run();
  zygotes[0]!.ready();
  const second = run();
  assertEquals(await run(), "too many calls are waiting");
  await runner.stop();
  const stopped = "the server is stopping";
  assertEquals(await Promise.all([first, second]), [stopped, stopped]);
  assertEquals(await run(), stopped);
  assertEquals([zygotes.length, zygotes[0]!.closed], [1, 1]);
});
