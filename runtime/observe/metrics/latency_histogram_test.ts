import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LatencyHistogram } from "./latency_histogram.ts";

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const each of values) histogram.add(each);
  return histogram;
}

Deno.test("A quantile is within a tenth of the value in its place", () => {
  const times = fc.array(fc.double({ min: 0.002, max: 100_000, noNaN: true }), { minLength: 1 });
  const parts = fc.constantFrom(0.5, 0.9, 0.99, 1);
  fc.assert(fc.property(times, parts, (values, part) => {
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.ceil(part * sorted.length) - 1]!;
    const found = histogramOf(values).quantileMs(part);
    assert(found >= exact / 1.1 && found <= exact * 1.1, `${found} for ${exact}`);
  }));
});

Deno.test("Nothing added is nothing", () => {
  const { sumMs, count } = new LatencyHistogram();
  assertEquals([new LatencyHistogram().quantileMs(0.5), sumMs, count], [0, 0, 0]);
});

Deno.test("No time at all, and times beyond all bounds, are counted", () => {
  const histogram = histogramOf([0, 0.0001, 1e9, Infinity]);
  assertEquals(histogram.count, 4);
  assertEquals(histogram.cumulative().at(-1)!.count, 4);
});

Deno.test("Cumulative counts grow up to all of them", () => {
  const rows = histogramOf([0.001, 0.1, 0.2, 5]).cumulative();
  const at = (ms: number) => rows.find(({ boundMs }) => boundMs >= ms)!.count;
  assertEquals([at(0.002), at(0.128), at(0.256), at(8.192)], [1, 2, 3, 4]);
});

Deno.test("What was added since a copy is told apart, and put together again is all of it", () => {
  const histogram = histogramOf([1, 2]);
  const before = histogram.copy();
  for (const each of [100, 200]) histogram.add(each);
  const added = histogram.since(before);
  assertEquals([added.count, added.sumMs, before.count], [2, 300, 2]);
  assert(added.quantileMs(0) > 90);
  before.addAll(added);
  assertEquals(before.cumulative(), histogram.cumulative());
});
