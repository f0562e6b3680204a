import { assert } from "@std/assert";
import { compareRuns, type Tally } from "./compare.ts";
import { FuzzHost } from "./fuzz_host.ts";
import { fuzzModules } from "./wasm_opt.ts";

const MODULES = 120;
const RUNS = 4;

Deno.test("random modules run the same before and after, also on a recycled instance", async () => {
  const tally: Tally = { modules: 0, recycledRuns: 0, returns: 0, throws: 0 };
  for await (const { seed, bytes } of fuzzModules(Array(MODULES).keys())) {
    compareRuns(bytes, () => new FuzzHost(), { context: `seed ${seed}`, runs: RUNS, tally });
  }
  // Most modules must really be compared, recycled, and do more than trap, or the test tests nothing.
  assert(tally.modules > MODULES * 0.9, JSON.stringify(tally));
  assert(tally.recycledRuns > MODULES * 0.8, JSON.stringify(tally));
  assert(tally.returns > MODULES * 8 && tally.throws > MODULES * 5, JSON.stringify(tally));
});
