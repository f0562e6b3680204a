import { readFileSync } from "node:fs";
import process from "node:process";
import type { ResetCounts } from "../isolate/reset_counts.ts";
import type { WorkerSample } from "./worker_load.ts";

/** Nanoseconds on a processor come first; see the kernel's Documentation/scheduler/sched-stats.rst. */
const SCHEDSTAT = "/proc/thread-self/schedstat";

/** What the calling thread uses, and what became of its instances. */
export function sampleThread({ recycled, dropped }: ResetCounts): WorkerSample {
  const { heapTotal, external } = process.memoryUsage();
  const memoryBytes = heapTotal + external;
  return { cpuMs: readCpuMs(), memoryBytes, resets: { recycled, dropped } };
}

function readCpuMs(): number | undefined {
  try {
    const nanoseconds = Number.parseInt(readFileSync(SCHEDSTAT, "utf8"), 10);
    return Number.isNaN(nanoseconds) ? undefined : nanoseconds / 1e6;
  } catch {
    // Not Linux, or not allowed: the pool goes by how long runs take.
    return undefined;
  }
}
