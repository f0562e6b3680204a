import { assertEquals } from "@std/assert";
import { judge, mutate, random, SAMPLES } from "./testing_mutants.ts";

Deno.test("the samples are valid before and after", () => {
  for (const sample of SAMPLES) assertEquals(judge(sample, "sample"), "taken");
});

Deno.test("a module truncated anywhere is refused, or valid as it is", () => {
  for (const [which, sample] of SAMPLES.entries()) {
    for (let length = 0; length < sample.length; length++) {
      judge(sample.slice(0, length), `sample ${which} cut to ${length}`);
    }
  }
});

Deno.test("a mutant is refused with its offset, or its output is valid just if it is", () => {
  const next = random(20260101);
  const seen = { taken: 0, invalid: 0, refused: 0 };
  for (let i = 0; i < 25_000; i++) {
    const mutant = mutate(SAMPLES[i % SAMPLES.length]!, next);
    seen[judge(mutant, `mutant ${i}`)]++;
  }
  // All three must really occur, or the test tests nothing.
  assertEquals(Object.values(seen).every((count) => count > 1000), true, JSON.stringify(seen));
});
