import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { judgeMutants } from "./mutants.ts";

/** More of them: `SKERRY_MUTANTS=20000000 deno task test tests/fuzz`. Each has its number for a seed. */
const MUTANTS = Number(process.env.SKERRY_MUTANTS ?? 1_000_000);
const THREADS = 2;
const MOST_MS = 10_000;

Deno.test(`${MUTANTS} mutants are refused with an offset, or as valid after as before`, async () => {
  const { done, seen, slowestMs } = await judgeMutants(MUTANTS, THREADS);
  assertEquals(done, MUTANTS);
  assert(slowestMs < MOST_MS, `the slowest mutant took ${slowestMs} ms`);
  // All three must really occur, or the test tests nothing.
  const least = MUTANTS / 20;
  assert(Object.values(seen).every((count) => count > least), JSON.stringify(seen));
});
