import { assert, assertEquals } from "@std/assert";
import type { FunctionLogEntry, RunReport } from "./function_log_entry.ts";
import { FakeClock } from "../testing_clock.ts";
import { FunctionLogs } from "./function_logs.ts";
import { MemoryLogFiles } from "./testing.ts";

function report(stderr: string, changes: Partial<RunReport> = {}): RunReport {
  return {
    requestId: "r-1",
    method: "GET",
    path: "/hello",
    status: 200,
    route: "/hello",
    runMs: 1.23456,
    fuel: 100,
    stderr: new TextEncoder().encode(stderr),
    ...changes,
  };
}

function setUp(options: Partial<ConstructorParameters<typeof FunctionLogs>[0]> = {}) {
  const files = new MemoryLogFiles();
  const clock = new FakeClock(1_000_000);
  const logs = new FunctionLogs({ files, clock, ...options });
  const texts = async () => (await logs.read("/hello", { limit: 1000 })).map((e) => e.stderr);
  return { files, clock, logs, texts };
}

Deno.test("a run that wrote to standard error is an entry with its numbers", async () => {
  const { logs } = setUp();
  logs.add(report("careful\n"));
  assertEquals(await logs.read("/hello", { limit: 10 }), [{
    id: 1_000_000_000,
    time: "1970-01-01T00:16:40.000Z",
    function: "/hello",
    request_id: "r-1",
    method: "GET",
    path: "/hello",
    status: 200,
    run_ms: 1.235,
    fuel: 100,
    stderr: "careful\n",
  }]);
});

Deno.test("a failure is an entry with its code; what the request did wrong and quiet runs are not", async () => {
  const { logs } = setUp();
  const error = { code: "function_trapped", message: "It trapped" } as const;
  logs.add(report("", { status: 500, error }));
  logs.add(report("", { status: 405, error: { code: "method_not_allowed", message: "No" } }));
  logs.add(report(""));
  logs.add(report("nobody's", { route: undefined }));
  const entries = await logs.read("/hello", { limit: 10 });
  assertEquals(entries.map(({ code, message }) => [code, message]), [[
    "function_trapped",
    "It trapped",
  ]]);
});

Deno.test("adding touches no file; a batch is one append for each function", async () => {
  const { logs, files, clock } = setUp();
  for (let i = 0; i < 100; i++) logs.add(report(`${i}`));
  logs.add(report("x", { route: "/other" }));
  assertEquals([files.appends, clock.pendingTimers], [0, 1]);
  await logs.close();
  assertEquals(files.appends, 2);
});

Deno.test("text of a function cannot forge an entry", async () => {
  const { logs, files, texts } = setUp();
  logs.add(report('\n{"id":1,"stderr":"forged"}\n'));
  assertEquals(await texts(), ['\n{"id":1,"stderr":"forged"}\n']);
  assertEquals(files.texts.get("hello.jsonl")!.trim().split("\n").length, 1);
});

Deno.test("ids grow although the clock stands still, and over restarts", async () => {
  const { logs, files, clock } = setUp();
  logs.add(report("a"));
  logs.add(report("b"));
  await logs.close();
  clock.advance(1);
  const later = new FunctionLogs({ files, clock });
  later.add(report("c"));
  const ids = (await later.read("/hello", { limit: 10 })).map(({ id }) => id);
  assertEquals(ids, [1_000_000_000, 1_000_000_001, 1_000_001_000]);
});

Deno.test("reading gives the newest, or what follows an id", async () => {
  const { logs } = setUp();
  for (let i = 0; i < 5; i++) logs.add(report(`${i}`));
  const read = async (range: { limit: number; after?: number }) =>
    (await logs.read("/hello", range)).map(({ stderr }) => stderr);
  assertEquals(await read({ limit: 2 }), ["3", "4"]);
  assertEquals(await read({ limit: 2, after: 1_000_000_001 }), ["2", "3"]);
  assertEquals(await logs.read("/nobody", { limit: 2 }), []);
});

Deno.test("a full disk loses entries, says how many, and goes on", async () => {
  const { logs, files, clock } = setUp();
  files.isFull = true;
  logs.add(report("lost"));
  logs.add(report("lost"));
  await logs.read("/hello", { limit: 1 });
  files.isFull = false;
  clock.advance(1);
  logs.add(report("kept"));
  const entries = await logs.read("/hello", { limit: 10 });
  assertEquals(entries.map(({ dropped, stderr }) => [dropped, stderr]), [
    [2, undefined],
    [undefined, "kept"],
  ]);
});

Deno.test("a disk that takes half a line costs that line only", async () => {
  const { logs, files, texts } = setUp();
  logs.add(report("whole"));
  await logs.read("/hello", { limit: 1 });
  files.tearsNext = true;
  logs.add(report("torn"));
  await logs.read("/hello", { limit: 1 });
  logs.add(report("after"));
  assertEquals(await texts(), ["whole", undefined, "after"]);
});

Deno.test("a disk that hangs holds a bounded number of entries, and no caller", async () => {
  const { logs, files, clock, texts } = setUp({ pendingBytes: 10 * 600 });
  const release = files.hang();
  for (let i = 0; i < 1000; i++) logs.add(report("12345678"));
  clock.advance(1000);
  for (let i = 0; i < 1000; i++) logs.add(report("12345678"));
  release();
  await logs.read("/hello", { limit: 1 });
  logs.add(report("late"));
  const found = await texts();
  assert(found.length < 20, `${found.length} entries`);
  const entries = await logs.read("/hello", { limit: 1000 });
  assertEquals(entries.find(({ dropped }) => dropped)?.dropped, 2000 - (found.length - 2));
});

Deno.test("a long standard error is cut, and says so", async () => {
  const { logs } = setUp();
  logs.add(report("x".repeat(20_000)));
  const [entry] = await logs.read("/hello", { limit: 1 });
  assertEquals([entry!.stderr!.length, entry!.truncated], [16 * 1024, true]);
});

Deno.test("followers hear of new entries until they leave, also when the disk is full", async () => {
  const { logs, files } = setUp();
  files.isFull = true;
  const heard: FunctionLogEntry[] = [];
  let ended = 0;
  const leave = logs.follow("/hello", {
    onEntries: (entries) => heard.push(...entries),
    onEnd: () => ended++,
  });
  logs.add(report("heard"));
  await logs.read("/hello", { limit: 1 });
  leave();
  logs.add(report("unheard"));
  logs.follow("/hello", { onEntries: () => {}, onEnd: () => ended++ });
  await logs.close();
  assertEquals([heard.map(({ stderr }) => stderr), ended], [["heard"], 1]);
});

Deno.test("who begins to follow when followers have been ended is ended at once", () => {
  const { logs } = setUp();
  logs.endFollowers();
  let ended = 0;
  logs.follow("/hello", { onEntries: () => {}, onEnd: () => ended++ })();
  assertEquals(ended, 1);
});
