import { assertEquals } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import { skerryError } from "../errors.ts";
import { err, ok } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import type { BuildMessage } from "./builder_messages.ts";
import { Builders, type BuildersOptions } from "./builders.ts";

const PAGE: Artifact = { kind: "static", contentType: "text/html", body: new Uint8Array(1) };

function setUp(options: Partial<BuildersOptions> = {}) {
  const threads: FakeThread[] = [];
  const second = Promise.withResolvers<void>();
  const builders = new Builders({
    spawn: () => {
      threads.push(new FakeThread());
      if (threads.length === 2) second.resolve();
      return threads.at(-1)!;
    },
    ...options,
  });
  const build = (fileName = "a.html") =>
    builders.build({ language: "html", fileName, buffer: new ArrayBuffer(1), context: {} });
  return { builders, threads, build, hasSecond: second.promise };
}

/** What each thread was given to build. */
function namesOf(threads: readonly FakeThread[]): string[][] {
  return threads.map(({ posted }) => posted.map((each) => (each as BuildMessage).task.fileName));
}

function lastId(thread: FakeThread): number {
  return (thread.posted.at(-1) as BuildMessage).requestId;
}

function answer(thread: FakeThread, result: unknown = ok(PAGE)): void {
  thread.answer({ requestId: lastId(thread), kind: "built", result });
}

Deno.test("Builds wait for the one thread, which starts with the first of them", async () => {
  const { threads, build } = setUp();
  assertEquals(threads.length, 0);
  const [first, second] = [build(), build()];
  assertEquals(threads[0]!.posted.length, 1);
  answer(threads[0]!);
  assertEquals(valueOf(await first), PAGE);
  answer(threads[0]!);
  assertEquals(valueOf(await second), PAGE);
  assertEquals(threads.length, 1);
});

Deno.test("An engine is made on a builder's thread, in its turn", async () => {
  const { builders, threads, build } = setUp();
  const first = build();
  const engine = builders.build({ engine: "php", fileName: "php", context: {} });
  assertEquals(threads[0]!.posted.length, 1);
  answer(threads[0]!);
  await first;
  assertEquals((threads[0]!.posted[1] as BuildMessage).task, {
    engine: "php",
    fileName: "php",
    context: {},
  });
  const made = { kind: "module", module: new Uint8Array(8) } as const;
  answer(threads[0]!, ok(made));
  assertEquals(valueOf(await engine), made);
});

Deno.test("Builds that wait overtake one that takes long, on a second thread and no third", async () => {
  const { threads, build, hasSecond } = setUp({ patienceMs: 1 });
  const builds = ["slow.html", "second.html", "third.html", "fourth.html"].map(build);
  assertEquals(namesOf(threads), [["slow.html"]]);
  await hasSecond;
  assertEquals(namesOf(threads), [["slow.html"], ["second.html"]]);
  answer(threads[1]!);
  answer(threads[1]!);
  answer(threads[1]!);
  const others = await Promise.all(builds.slice(1));
  assertEquals(others.map(({ ok }) => ok), [true, true, true]);
  assertEquals(namesOf(threads)[1], ["second.html", "third.html", "fourth.html"]);
  answer(threads[0]!);
  assertEquals((await builds[0]!).ok, true);
  assertEquals(threads.length, 2);
});

Deno.test("Of two threads that have nothing to do one is kept, and builds next", async () => {
  const { threads, build, hasSecond } = setUp({ patienceMs: 1 });
  const builds = [build("slow.html"), build("second.html")];
  await hasSecond;
  answer(threads[1]!);
  assertEquals(threads.map(({ isTerminated }) => isTerminated), [false, false]);
  answer(threads[0]!);
  await Promise.all(builds);
  assertEquals(threads.map(({ isTerminated }) => isTerminated), [true, false]);
  const next = build("next.html");
  assertEquals(namesOf(threads)[1], ["second.html", "next.html"]);
  answer(threads[1]!);
  assertEquals((await next).ok, true);
});

Deno.test("A build that takes long is no reason to exceed the queue's length", async () => {
  const { threads, build, hasSecond } = setUp({ patienceMs: 1, queueLength: 1 });
  const builds = [build("slow.html"), build("second.html")];
  await hasSecond;
  builds.push(build("third.html"));
  assertEquals(errorOf(await build("fourth.html")).code, "overloaded");
  answer(threads[1]!);
  answer(threads[1]!);
  answer(threads[0]!);
  assertEquals((await Promise.all(builds)).map(({ ok }) => ok), [true, true, true]);
});

Deno.test("A build that finds the queue full is overloaded", async () => {
  const { threads, build } = setUp({ queueLength: 1 });
  const [first, second] = [build(), build()];
  const { code, message } = errorOf(await build("b.html"));
  assertEquals(code, "overloaded");
  assertEquals(message, "Cannot build b.html: 1 builds are waiting already");
  answer(threads[0]!);
  answer(threads[0]!);
  assertEquals([(await first).ok, (await second).ok], [true, true]);
});

Deno.test("With no queue at all a free thread still builds", async () => {
  const { threads, build } = setUp({ queueLength: 0 });
  const first = build();
  assertEquals(errorOf(await build()).code, "overloaded");
  answer(threads[0]!);
  assertEquals((await first).ok, true);
});

Deno.test("A build that takes too long fails, and the next one gets a new thread", async () => {
  const { threads, build } = setUp({ timeoutMs: 1 });
  const slow = build("slow.html");
  threads[0]!.answer({ requestId: lastId(threads[0]!), kind: "building" });
  const { code, message, details } = errorOf(await slow);
  assertEquals([code, details], ["build_failed", { limit: "time" }]);
  assertEquals(message, "Cannot build slow.html: the compiler took longer than 1 ms");
  assertEquals(threads[0]!.isTerminated, true);
  const next = build();
  answer(threads[1]!);
  assertEquals((await next).ok, true);
});

Deno.test("A toolchain that does not load is a timeout of the server's, not of the source", async () => {
  const { threads, build } = setUp({ loadTimeoutMs: 1 });
  assertEquals(errorOf(await build()).code, "timeout");
  assertEquals(threads[0]!.isTerminated, true);
});

Deno.test("A build that ends its thread fails, and what waits gets a new one", async () => {
  const { threads, build } = setUp();
  const [killer, next] = [build(), build()];
  threads[0]!.crash("Cannot find module '/home/ann/skerry.mjs'");
  const { code, message } = errorOf(await killer);
  assertEquals(code, "build_failed");
  assertEquals(message, "Cannot build a.html: building it ended the builder");
  answer(threads[1]!);
  assertEquals((await next).ok, true);
});

Deno.test("A thread that ends while idle is replaced by the next build", async () => {
  const { threads, build } = setUp();
  const first = build();
  answer(threads[0]!);
  await first;
  threads[0]!.crash("exit code 1");
  const second = build();
  answer(threads[1]!);
  assertEquals((await second).ok, true);
});

Deno.test("A thread whose memory a source filled is ended, and its late answers are ignored", async () => {
  const { threads, build } = setUp();
  const bomb = build();
  answer(threads[0]!, err(skerryError("build_failed", "Too much", { limit: "memory" })));
  assertEquals(errorOf(await bomb).message, "Too much");
  assertEquals(threads[0]!.isTerminated, true);
  const next = build();
  threads[0]!.answer({ requestId: 1, kind: "built", result: err(skerryError("timeout", "late")) });
  answer(threads[1]!);
  assertEquals((await next).ok, true);
});

Deno.test("A thread that cannot be started fails the build, and is tried again for the next", async () => {
  let spawned = 0;
  const thread = new FakeThread();
  const { build } = setUp({
    spawn: () => {
      if (spawned++ === 0) throw new Error("no more threads");
      return thread;
    },
  });
  assertEquals(errorOf(await build()).message, "Cannot build a.html: no builder starts");
  const next = build();
  answer(thread);
  assertEquals((await next).ok, true);
});

Deno.test("Stopping answers what is built, what waits and what comes later", async () => {
  const { builders, threads, build } = setUp();
  const builds = [build(), build()];
  builders.stop();
  builds.push(build());
  const codes = (await Promise.all(builds)).map((each) => errorOf(each).code);
  assertEquals(codes, Array(3).fill("shutting_down"));
  assertEquals([threads.length, threads[0]!.isTerminated], [1, true]);
});
