/** The dashboard's own logic; what needs a page is tested in a browser, in `tests/ui`. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { historyOf, noteFunctions } from "./activity_history.js";
import { readEvents } from "./events.js";
import { amount, byteSize, count, milliseconds, percent, tick } from "./format.js";
import { Series } from "./series.js";
import { sortedBy } from "./sorting.js";

async function eventsIn(texts: readonly string[]) {
  const source = async function* () {
    for (const text of texts) yield await Promise.resolve(text);
  };
  return await Array.fromAsync(readEvents(source()));
}

Deno.test("Events are read with their names, ids and lines of data; comments are passed over", async () => {
  const text = ": hello\n\nevent: entry\nid: 7\ndata: a\ndata: b\n\ndata:c\r\n\r\n";
  assertEquals(await eventsIn([text]), [
    { event: "entry", id: "7", data: "a\nb" },
    { event: "message", id: "", data: "c" },
  ]);
});

Deno.test("Wherever a stream is cut, its events are the same", async () => {
  const text = "id: 1\r\ndata: one\r\n\r\n: beat\n\nid: 2\ndata: two\n\n";
  const whole = await eventsIn([text]);
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
    const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
    assertEquals(await eventsIn(pieces), whole);
  }));
});

Deno.test("Numbers have three digits that matter and a unit that fits", () => {
  const times = [0, 0.05, 0.123456, 12.345, 1234, 90_000].map(milliseconds);
  assertEquals(times, ["0 ms", "50.0 µs", "0.123 ms", "12.3 ms", "1.23 s", "1.50 min"]);
  assertEquals([0, 5, 0.5, 1500, 2.5e9].map(amount), ["0", "5", "0.500", "1.50 k", "2.50 G"]);
  assertEquals([0, 2048, 3 * 1024 ** 3].map(byteSize), ["0 B", "2.00 KiB", "3.00 GiB"]);
  assertEquals([count(24), count(12_345), count(2.5e6)], ["24", "12,345", "2.50 M"]);
  assertEquals(percent(0.256), "26 %");
  assertEquals([milliseconds(undefined), byteSize(undefined)], ["–", "–"]);
});

Deno.test("An axis leaves out the zeros that say nothing", () => {
  const ticks = [0, 500, 1000, 1500, 0.5, 0.05].map(milliseconds).map(tick);
  assertEquals(ticks, ["0", "500 ms", "1 s", "1.5 s", "0.5 ms", "50 µs"]);
  assertEquals([0, 0.5, 10, 250e6, 1e9].map(amount).map(tick), ["0", "0.5", "10", "250 M", "1 G"]);
});

Deno.test("Rows sort by a column either way, and what is not known comes last", () => {
  const rows = [{ v: 2 }, { v: undefined }, { v: 10 }];
  const order = (isDescending: boolean) =>
    sortedBy(rows, ({ v }: { v?: number }) => v, isDescending).map(({ v }) => v);
  assertEquals([order(false), order(true)], [[2, 10, undefined], [10, 2, undefined]]);
});

Deno.test("A series keeps its last points, and no more", () => {
  const series = new Series(1, 3);
  for (let i = 0; i < 10; i++) series.add(i, [i * 2]);
  assertEquals(series.columns, [[7, 8, 9], [14, 16, 18]]);
});

Deno.test("What a function did is kept while others are looked at, of the last ten", () => {
  const [first, second] = [historyOf("/first"), historyOf("/second")];
  const call = { function: "/first", requests_per_second: 2, failures_per_second: 1, p50_ms: 3 };
  noteFunctions({ time: "2026-01-01T00:00:01Z", functions: [call] });
  noteFunctions({ time: "2026-01-01T00:00:02Z", functions: [] });
  assertEquals(historyOf("/first").rate.columns.slice(1), [[2, 0], [1, 0]]);
  assertEquals(historyOf("/first").latency.columns[1], [3, null]);
  assertEquals(second.rate.columns[1], [0, 0]);
  for (let i = 0; i < 9; i++) historyOf(`/other-${i}`);
  assertEquals(historyOf("/first") === first, true);
  assertEquals(historyOf("/second") === second, false);
});
