import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  alternate,
  expectAnswer,
  geometricMean,
  median,
  percentile,
  timeMs,
  warmUp,
} from "./measure.ts";

Deno.test("the median is the middle value, or the mean of the two middle ones", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([1, 100, 3, 5]), 4);
  assertEquals(median([]), NaN);
});

Deno.test("the median leaves its values in their order", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("in the geometric mean twice and half cancel out", () => {
  assertAlmostEquals(geometricMean([2, 0.5]), 1);
  assertAlmostEquals(geometricMean([1, 2, 4]), 2);
});

Deno.test("a percentile is a value that occurred, by nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assertEquals(percentile(values, 0.5), 100);
  assertEquals(percentile(values, 0.99), 198);
  assertEquals(percentile(values, 1), 200);
  assertEquals(percentile([7], 0.99), 7);
});

Deno.test("the order of the variants turns round after each round", async () => {
  const order: string[] = [];
  const variant = (label: string) => ({ label, measure: () => order.push(label) });
  const values = await alternate([variant("A"), variant("B")], 3);
  assertEquals(order.join(" "), "A B B A A B");
  assertEquals(values, new Map([["A", [1, 4, 5]], ["B", [2, 3, 6]]]));
});

Deno.test("warming up ends when two values in a row agree", async () => {
  const values = [100, 50, 49, 10];
  await warmUp(() => values.shift()!, 10);
  assertEquals(values, [10]);
});

Deno.test("warming up gives in after so many attempts", async () => {
  let count = 0;
  await warmUp(() => 2 ** ++count, 5);
  assertEquals(count, 5);
});

Deno.test("timing runs the work once", () => {
  let count = 0;
  assertEquals(timeMs(() => count++) >= 0, true);
  assertEquals(count, 1);
});

Deno.test("a wrong answer is not measured", () => {
  expectAnswer("hello", "a\n", "a\n");
  assertThrows(
    () => expectAnswer("hello", "b\n", "a\n"),
    Error,
    'Cannot measure hello: expected "a\\n", found "b\\n"',
  );
});
