import type { WorkerPool } from "./pool.ts";
import type { PooledWorker } from "./pooled_worker.ts";

/** A worker as `/_/stats` shows it. */
export interface WorkerStats {
  readonly id: number;
  readonly state: "starting" | "idle" | "running";
  /** 0 to 1, smoothed; what the strategy `score` goes by. */
  readonly score: number;
  /** Share of a processor, 0 to 1, smoothed. */
  readonly cpu: number;
  /** Share of the time it had a run, 0 to 1, smoothed. */
  readonly busy: number;
  readonly memory_bytes: number;
  readonly in_bytes_per_second: number;
  readonly out_bytes_per_second: number;
  /** Runs it has, waiting ones included. */
  readonly inflight: number;
}

/** The members of `/_/stats` that tell of the pool. */
export function poolStats(pool: WorkerPool): Readonly<Record<string, () => unknown>> {
  return {
    strategy: () => pool.strategy,
    workers: () => pool.workers.map(workerStats),
    queue: () => ({ depth: pool.load.queued, wait_ms: rounded(pool.queueWaitMs) }),
  };
}

/** A worker's part of the statistics. */
export function workerStats({ id, isReady, inFlight, load }: PooledWorker): WorkerStats {
  return {
    id,
    state: !isReady ? "starting" : inFlight === 0 ? "idle" : "running",
    score: rounded(load.score),
    cpu: rounded(load.cpu),
    busy: rounded(load.busy),
    memory_bytes: load.memoryBytes,
    in_bytes_per_second: Math.round(load.inBytesPerSecond),
    out_bytes_per_second: Math.round(load.outBytesPerSecond),
    inflight: inFlight,
  };
}

/** Three digits after the point are as much as anyone reads. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
