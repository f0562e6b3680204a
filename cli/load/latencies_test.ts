import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { Latencies } from "./latencies.ts";

function latenciesOf(values: readonly number[]): Latencies {
  const latencies = new Latencies();
  for (const ms of values) latencies.record(ms);
  return latencies;
}

const VALUES = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1 });

Deno.test("Percentiles are those of the sorted values, to three digits", () => {
  fc.assert(fc.property(VALUES, fc.constantFrom(50, 90, 99, 99.9), (values, percent) => {
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.ceil(percent / 100 * sorted.length) - 1]!;
    const found = latenciesOf(values).percentileMs(percent);
    assert(Math.abs(found - exact) <= exact / 500 + 1e-6, `${found} is not ${exact}`);
  }));
});

Deno.test("Every value is in the bar it belongs to, and bars stand next to each other", () => {
  fc.assert(fc.property(VALUES, (values) => {
    const bars = latenciesOf(values).bars();
    bars.forEach(({ fromMs, toMs, count }, at) => {
      assertEquals(count, values.filter((ms) => ms >= fromMs && ms < toMs).length);
      if (at > 0) assertEquals(fromMs, bars[at - 1]!.toMs);
    });
    assert(bars[0]!.count > 0 && bars.at(-1)!.count > 0);
  }));
});

Deno.test("The mean and the maximum are exact", () => {
  const latencies = latenciesOf([1, 2, 6]);
  assertEquals([latencies.count, latencies.meanMs, latencies.maxMs], [3, 3, 6]);
  assertEquals(latencies.percentileMs(100), 6);
});

Deno.test("Without values there is nothing to tell", () => {
  const latencies = new Latencies();
  assertEquals([latencies.meanMs, latencies.percentileMs(50), latencies.bars()], [0, 0, []]);
});
