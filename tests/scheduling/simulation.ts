import type { JobResult } from "../../runtime/dispatch/job.ts";
import { WorkerPool } from "../../runtime/dispatch/pool.ts";
import type { StrategyName } from "../../runtime/dispatch/strategies.ts";
import { newJob, newTarget, turn } from "../../runtime/dispatch/testing.ts";
import type { Arrival } from "./arrivals.ts";
import { SimulatedTime } from "./simulated_time.ts";
import { SimulatedWorker } from "./simulated_worker.ts";

/** How a strategy fared with a pattern. */
export interface SimulationResult {
  readonly answered: number;
  readonly overloaded: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Workers there were, on average over time. */
  readonly meanWorkers: number;
  /** Runs of each worker there ever was, in the order they started. */
  readonly runsPerWorker: readonly number[];
  /** Instances kept warm, over all workers. */
  readonly instances: number;
  /** The 99th percentile of some of the requests. */
  readonly p99MsOf: (chosen: (arrival: Arrival) => boolean) => number;
}

/** The bounds of the simulated pool. */
export interface SimulationOptions {
  readonly workers: number;
  readonly minWorkers: number;
}

/** When the first request comes: the server is up, and so are its workers. */
const START_MS = 200;
/** Latencies of this first part are left out: every pool meets every function for the first time. */
const SETTLE_MS = 1000;

/** Plays a pattern to a real pool of simulated workers. */
export async function simulate(
  strategy: StrategyName,
  arrivals: readonly Arrival[],
  { workers, minWorkers }: SimulationOptions,
): Promise<SimulationResult> {
  const time = new SimulatedTime();
  const threads: SimulatedWorker[] = [];
  const pool = new WorkerPool({
    workers,
    minWorkers,
    strategy,
    queueLength: 1024,
    queueTimeoutMs: 10_000,
    spawn: () => {
      threads.push(new SimulatedWorker(time));
      return threads.at(-1)!;
    },
    now: () => time.nowMs,
    every: (tick, everyMs) => time.every(everyMs, tick),
  });
  pool.warmUp();
  const record = new Recorder();
  const targets = new Map<number, ReturnType<typeof newTarget>>();
  for (const arrival of arrivals) {
    time.after(START_MS + arrival.atMs, () => {
      const target = targets.get(arrival.function) ?? newTarget();
      targets.set(arrival.function, target);
      const stdin = new TextEncoder().encode(String(arrival.runMs));
      const job = newJob(target);
      const answer = pool.run({ ...job, input: { ...job.input, stdin } });
      void answer.then((result) =>
        record.add(arrival, result, time.nowMs - START_MS - arrival.atMs)
      );
    });
  }
  let workerMs = 0;
  let lastMs = 0;
  while (record.count < arrivals.length && time.next()) {
    workerMs += pool.workers.length * (time.nowMs - lastMs);
    lastMs = time.nowMs;
    await turn();
  }
  pool.stop();
  return {
    ...record.summary(),
    meanWorkers: workerMs / lastMs,
    runsPerWorker: threads.map(({ runs }) => runs),
    instances: threads.reduce((sum, { instances }) => sum + instances, 0),
  };
}

/** What became of each arrival. */
class Recorder {
  readonly #latencies: { readonly arrival: Arrival; readonly ms: number }[] = [];
  #overloaded = 0;

  get count(): number {
    return this.#latencies.length + this.#overloaded;
  }

  add(arrival: Arrival, result: JobResult, ms: number): void {
    if (result.kind === "overloaded") this.#overloaded++;
    else this.#latencies.push({ arrival, ms });
  }

  summary() {
    const all = this.#latencies.filter(({ arrival }) => arrival.atMs >= SETTLE_MS);
    const p99MsOf = (chosen: (arrival: Arrival) => boolean) =>
      quantile(all.filter(({ arrival }) => chosen(arrival)).map(({ ms }) => ms), 0.99);
    return {
      answered: this.#latencies.length,
      overloaded: this.#overloaded,
      meanMs: all.reduce((sum, { ms }) => sum + ms, 0) / all.length,
      p99Ms: p99MsOf(() => true),
      p99MsOf,
    };
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? NaN;
}
