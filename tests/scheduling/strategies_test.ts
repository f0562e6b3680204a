/** Compares the strategies on the same requests, with the real pool in simulated time. */
import { assert, assertEquals } from "@std/assert";
import { STRATEGIES, type StrategyName } from "../../runtime/dispatch/strategies.ts";
import { type Arrival, PATTERNS } from "./arrivals.ts";
import { simulate, type SimulationResult } from "./simulation.ts";

const NAMES = Object.keys(STRATEGIES) as StrategyName[];

/** A pool that follows the load, and one that stays as it is. */
const SCALING = { workers: 4, minWorkers: 1 };
const FIXED = { workers: 4, minWorkers: 4 };

async function compare(name: keyof typeof PATTERNS): Promise<Map<StrategyName, SimulationResult>> {
  const arrivals: readonly Arrival[] = PATTERNS[name];
  const results = new Map<StrategyName, SimulationResult>();
  console.log(`${name}, ${arrivals.length} requests; a pool of one to four, and one of four`);
  for (const strategy of NAMES) {
    const scaling = await simulate(strategy, arrivals, SCALING);
    const fixed = await simulate(strategy, arrivals, FIXED);
    console.log(row(strategy, scaling, fixed));
    for (const { answered } of [scaling, fixed]) assertEquals(answered, arrivals.length, strategy);
    results.set(strategy, scaling);
  }
  return results;
}

function row(strategy: string, scaling: SimulationResult, fixed: SimulationResult): string {
  const { meanMs, p99Ms, meanWorkers } = scaling;
  const used = fixed.runsPerWorker.filter((runs) => runs > 0.01 * fixed.answered).length;
  const times = `mean ${meanMs.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`;
  const workers = `workers ${meanWorkers.toFixed(2)}, ${used} of 4 used`;
  return `  ${strategy.padEnd(6)} ${times}  ${workers}  instances ${fixed.instances}`;
}

Deno.test("An even load that one worker can carry is answered at once by every strategy", async () => {
  const results = await compare("uniform");
  for (const [name, { p99Ms }] of results) assert(p99Ms < 10, `${name}: ${p99Ms}`);
});

Deno.test("Bursts bring workers, and no strategy loses a request", async () => {
  const results = await compare("bursty");
  for (const [name, { meanWorkers, p99Ms }] of results) {
    assert(meanWorkers > 1.5, `${name}: ${meanWorkers}`);
    assert(p99Ms < 50, `${name}: ${p99Ms}`);
  }
});

Deno.test("Beside a heavy function the light ones stay quick", async () => {
  const results = await compare("one heavy among many");
  for (const [name, { p99MsOf }] of results) {
    const lightMs = p99MsOf(({ runMs }) => runMs < 1);
    assert(lightMs < 10, `${name}: ${lightMs}`);
  }
});

Deno.test("fifo leaves most of the work to the first worker, rr shares it evenly", async () => {
  const shareOfFirst = async (name: StrategyName) => {
    const { runsPerWorker, answered } = await simulate(name, PATTERNS.uniform, FIXED);
    return runsPerWorker[0]! / answered;
  };
  assert(await shareOfFirst("fifo") > 0.9);
  const even = await shareOfFirst("rr");
  assert(Math.abs(even - 0.25) < 0.02, String(even));
});

Deno.test("least turns from a busy worker, score from a loaded one", async () => {
  for (const name of ["least", "score"] as const) {
    const { runsPerWorker, answered } = await simulate(name, PATTERNS.bursty, FIXED);
    const largest = Math.max(...runsPerWorker) / answered;
    assert(largest < 0.5, `${name}: ${largest}`);
  }
});

Deno.test("fifo keeps the fewest instances warm", async () => {
  const instances = async (name: StrategyName) => {
    return (await simulate(name, PATTERNS["one heavy among many"], FIXED)).instances;
  };
  const few = await instances("fifo");
  for (const name of ["rr", "least", "score"] as const) assert(few < await instances(name), name);
});
