import { readFileSync } from "node:fs";
import process from "node:process";
import type { WorkerSample } from "./worker_load.ts";

/** Nanoseconds on a processor come first; see the kernel's Documentation/scheduler/sched-stats.rst. */
const SCHEDSTAT = "/proc/thread-self/schedstat";

/** What the calling thread uses. */
export function sampleThread(): WorkerSample {
  const { heapTotal, external } = process.memoryUsage();
  return { cpuMs: readCpuMs(), memoryBytes: heapTotal + external };
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
