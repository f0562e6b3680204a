import { assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../clock.ts";
import { LogReader } from "./log_reader.ts";

/** A clock on which nothing takes any time. */
const IMMEDIATE: Clock = {
  wallMs: () => 0,
  monotonicMs: () => 0,
  after(_delayMs, callback) {
    queueMicrotask(callback);
    return () => {};
  },
};

/** A reader whose requests get these answers, one after the other, and what it asked for. */
function readerOf(answers: readonly (() => Response)[]) {
  const asked: string[] = [];
  const fetcher = (input: unknown) => {
    const answer = answers[asked.push(String(input)) - 1];
    return answer === undefined
      ? Promise.reject(new Error("There are no more answers"))
      : Promise.resolve().then(answer);
  };
  const reader = new LogReader({
    url: "http://test",
    clock: IMMEDIATE,
    fetch: fetcher as typeof fetch,
  });
  return { reader, asked };
}

/** A stream that breaks after records of these indices. */
function stream(indices: readonly number[], headers: Record<string, string> = {}): () => Response {
  const events = indices.map((index) =>
    `id: ${index}\ndata: ${JSON.stringify({ index, offset: 0, data: "" })}\n\n`
  );
  return () => new Response(events.join(""), { headers });
}

const refused = () => {
  throw new TypeError("Connection refused");
};
const stopping = () => Response.json({ code: "shutting_down", detail: "stops" }, { status: 503 });
const missing = () => Response.json({ code: "log_not_found", detail: "No such" }, { status: 404 });

Deno.test("A follower is told once each time that the server is gone, and goes on where it was", async () => {
  const { reader, asked } = readerOf([
    stream([0, 1]),
    refused,
    stopping,
    stream([2]),
    stream([]),
    refused,
    refused,
    stream([3]),
    missing,
  ]);
  const seen: (number | string)[] = [];
  const onGone = () => void seen.push("gone");
  await assertRejects(async () => {
    for await (const { index } of reader.follow("file", { onGone })) seen.push(index);
  }, "No such");
  assertEquals(seen, [0, 1, "gone", 2, "gone", 3]);
  const from = asked.map((url) => Number(new URL(url).searchParams.get("from")));
  assertEquals(from, [0, 2, 2, 2, 3, 3, 3, 3, 4]);
});

Deno.test("Counting from the end is done once, so that nothing is passed over later", async () => {
  const { reader, asked } = readerOf([
    stream([], { "x-skerry-from": "7" }),
    stream([7, 8]),
    missing,
  ]);
  const seen: number[] = [];
  await assertRejects(async () => {
    for await (const { index } of reader.follow("file", { from: -1 })) seen.push(index);
  });
  assertEquals(seen, [7, 8]);
  assertEquals(asked[1], "http://test/_/logs/file?from=7");
});
