import { assertEquals } from "@std/assert";
import type { FunctionLogEntry } from "../../observe/function_log_entry.ts";
import type { LogFollower, LogRange } from "../../observe/function_logs.ts";
import { FakeClock } from "../../testing_clock.ts";
import { functionLogStream, type LogStart } from "./log_stream.ts";

/** A log in memory whose reading can be held up. */
class FakeLogs {
  readonly entries: FunctionLogEntry[] = [];
  reads: LogRange[] = [];
  followers = new Set<LogFollower>();
  failure: Error | undefined;
  held: Promise<void> | undefined;

  add(...ids: readonly number[]): void {
    const added = ids.map((id) => ({ id, time: "", function: "/f", stderr: `${id}` }));
    this.entries.push(...added);
    for (const follower of this.followers) follower.onEntries(added);
  }

  async read(_route: string, range: LogRange): Promise<FunctionLogEntry[]> {
    this.reads.push(range);
    const { limit, after } = range;
    const found = after === undefined
      ? this.entries.slice(-limit)
      : this.entries.filter(({ id }) => id > after).slice(0, limit);
    await this.held;
    if (this.failure !== undefined) throw this.failure;
    return found;
  }

  follow(_route: string, follower: LogFollower): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  end(): void {
    for (const follower of this.followers) follower.onEnd();
  }
}

function setUp(start: LogStart = { limit: 100 }, logs = new FakeLogs()) {
  const clock = new FakeClock();
  const reader = functionLogStream(logs, "/f", start, clock).getReader();
  const decoder = new TextDecoder();
  /** The next piece; undefined at the end. */
  const next = async () => {
    const { value } = await reader.read();
    return value === undefined ? undefined : decoder.decode(value);
  };
  const ids = async () => [...(await next())!.matchAll(/^id: (\d+)$/gm)].map((found) => +found[1]!);
  return { logs, clock, reader, next, ids };
}

Deno.test("a follower is given the newest entries and then what comes, each once", async () => {
  const logs = new FakeLogs();
  logs.add(1, 2, 3, 4);
  const { next, ids } = setUp({ limit: 2 }, logs);
  assertEquals(await next(), ": following\n\n");
  assertEquals(await ids(), [3, 4]);
  const waiting = ids();
  logs.add(5);
  assertEquals(await waiting, [5]);
  logs.add(6);
  logs.add(7);
  assertEquals(await ids(), [6, 7]);
});

Deno.test("an event has a type, an id, and the entry as one line", async () => {
  const { logs, next } = setUp();
  logs.add(7);
  await next();
  assertEquals(
    await next(),
    'event: entry\nid: 7\ndata: {"id":7,"time":"","function":"/f","stderr":"7"}\n\n',
  );
});

Deno.test("who comes back is given what was missed, in pages", async () => {
  const logs = new FakeLogs();
  logs.add(...Array.from({ length: 600 }, (_, i) => i + 1));
  const { next, ids } = setUp({ after: 50, limit: 1 }, logs);
  await next();
  const seen = [...await ids(), ...await ids(), ...await ids()];
  assertEquals(seen, Array.from({ length: 550 }, (_, i) => i + 51));
});

Deno.test("what comes while the disk is read is neither lost nor told twice", async () => {
  const logs = new FakeLogs();
  logs.add(1);
  const hold = Promise.withResolvers<void>();
  logs.held = hold.promise;
  const { next, ids } = setUp({ limit: 10 }, logs);
  await next();
  const first = ids();
  logs.add(2);
  hold.resolve();
  assertEquals(await first, [1]);
  assertEquals(await ids(), [2]);
});

Deno.test("a slow reader costs a bounded queue, and still gets everything", async () => {
  const { logs, next, ids } = setUp();
  await next();
  const first = ids();
  logs.add(1);
  assertEquals(await first, [1]);
  for (let id = 2; id <= 5000; id++) logs.add(id);
  const seen: number[] = [];
  while (seen.at(-1) !== 5000) {
    const some = await ids();
    assertEquals(some.length <= 1025, true);
    seen.push(...some);
  }
  assertEquals(seen, Array.from({ length: 4999 }, (_, i) => i + 2));
});

Deno.test("a quiet log is told from a dead connection", async () => {
  const { clock, next, logs } = setUp();
  await next();
  const waiting = next();
  while (clock.pendingTimers === 0) await Promise.resolve();
  clock.advance(15_000);
  assertEquals(await waiting, ": still here\n\n");
  const event = next();
  logs.add(1);
  assertEquals((await event)!.startsWith("event: entry\n"), true);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("the stream ends with the logs, after what is left", async () => {
  const { logs, next, ids } = setUp();
  await next();
  logs.add(1);
  logs.end();
  assertEquals(await ids(), [1]);
  assertEquals(await next(), undefined);
  assertEquals(logs.followers.size, 0);
});

Deno.test("who leaves, or cannot be served, is not followed for any more", async () => {
  const left = setUp();
  await left.next();
  const waiting = left.next();
  await left.reader.cancel();
  await waiting;
  assertEquals([left.logs.followers.size, left.clock.pendingTimers], [0, 0]);
  const failing = setUp();
  failing.logs.failure = new Error("EIO");
  await failing.next();
  assertEquals(await failing.next().catch((thrown) => thrown.message), "EIO");
  assertEquals(failing.logs.followers.size, 0);
});
