import { assertEquals } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { ok } from "../result.ts";
import type { CompiledModule } from "../isolate/prepare.ts";
import { type CompileMessage, Compiler } from "./compiler.ts";

const OPTIONS = { memoryPages: 16 };
const COMPILED = { module: {}, info: {} } as unknown as CompiledModule;

function setUp(timeoutMs = 10_000) {
  const threads: FakeThread[] = [];
  const compiler = new Compiler({
    timeoutMs,
    spawn: () => {
      threads.push(new FakeThread());
      return threads.at(-1)!;
    },
  });
  const finish = (thread: FakeThread) => {
    const { requestId } = thread.posted.at(-1) as CompileMessage;
    thread.answer({ requestId, result: ok(COMPILED) });
  };
  return { compiler, threads, finish };
}

Deno.test("Modules are compiled one after another, each with an id of its own", async () => {
  const { compiler, threads, finish } = setUp();
  const first = compiler.prepare(new Uint8Array(8), OPTIONS);
  const second = compiler.prepare(new Uint8Array(8), OPTIONS);
  assertEquals(threads[0]!.posted.length, 1);
  finish(threads[0]!);
  finish(threads[0]!);
  const [a, b] = [await first, await second];
  assertEquals(a.ok && b.ok && a.value.id !== b.value.id, true);
  assertEquals(threads.length, 1);
});

Deno.test("A module that crashes the compiler is refused, and the next one gets a new thread", async () => {
  const { compiler, threads, finish } = setUp();
  const killer = compiler.prepare(new Uint8Array(8), OPTIONS);
  const next = compiler.prepare(new Uint8Array(8), OPTIONS);
  threads[0]!.crash("exit code 1");
  const refused = await killer;
  assertEquals(refused.ok ? "" : refused.error.code, "invalid_module");
  assertEquals(threads.length, 2);
  finish(threads[1]!);
  assertEquals((await next).ok, true);
});

Deno.test("A module that takes too long to compile is refused, and its thread ended", async () => {
  const { compiler, threads } = setUp(1);
  const refused = await compiler.prepare(new Uint8Array(8), OPTIONS);
  assertEquals(refused.ok ? undefined : refused.error, {
    code: "timeout",
    message: "Cannot use this module: compiling it took longer than 1 ms",
  });
  assertEquals(threads[0]!.isTerminated, true);
});

Deno.test("Stopping answers what is compiling, what waits and what comes later", async () => {
  const { compiler, threads } = setUp();
  const answers = [1, 2, 3].map(() => compiler.prepare(new Uint8Array(8), OPTIONS));
  compiler.stop();
  answers.push(compiler.prepare(new Uint8Array(8), OPTIONS));
  const codes = (await Promise.all(answers)).map((each) => each.ok ? "" : each.error.code);
  assertEquals(codes, Array(4).fill("shutting_down"));
  assertEquals([threads.length, threads[0]!.isTerminated], [1, true]);
});

Deno.test("A compiler whose thread cannot be started refuses the module, and tries again for the next", async () => {
  let spawned = 0;
  const thread = new FakeThread();
  const compiler = new Compiler({
    spawn: () => {
      if (spawned++ === 0) throw new Error("no more threads");
      return thread;
    },
  });
  const refused = await compiler.prepare(new Uint8Array(8), OPTIONS);
  assertEquals(
    refused.ok ? "" : refused.error.message,
    "Cannot use this module: the compiler cannot be started",
  );
  const next = compiler.prepare(new Uint8Array(8), OPTIONS);
  const { requestId } = thread.posted[0] as CompileMessage;
  thread.answer({ requestId, result: ok(COMPILED) });
  assertEquals((await next).ok, true);
});

Deno.test("What became of the compiler's thread stays with the server", async () => {
  const { compiler, threads } = setUp();
  const answer = compiler.prepare(new Uint8Array(8), OPTIONS);
  threads[0]!.crash("Cannot find module '/home/ann/skerry.mjs'");
  const refused = await answer;
  assertEquals(
    refused.ok ? "" : refused.error.message,
    "Cannot use this module: compiling it ended the compiler",
  );
});
