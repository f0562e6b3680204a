import type { Job, JobResult } from "./job.ts";

/** A job in the pool, from its arrival to its answer. */
export interface Ticket {
  /** Positive and below 2^31: it is compared in shared memory. */
  readonly id: number;
  readonly job: Job;
  readonly queuedAtMs: number;
  /** When a worker began it, as far as this thread can tell; undefined while it waits. */
  startedAtMs: number | undefined;
  readonly answer: (result: JobResult) => void;
}
