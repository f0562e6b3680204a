import type { Job, JobResult } from "./job.ts";

/** A job in the pool, from its arrival to its answer. */
export interface Ticket {
  /** Positive and below 2^31: it is compared in shared memory. */
  readonly id: number;
  readonly job: Job;
  readonly queuedAtMs: number;
  /** How long it is expected to run, milliseconds; Infinity if its target has not run before. */
  readonly expectedMs: number;
  /** Its place in the order of its worker's runs; 0 until it is sent. */
  sequence: number;
  /** When it was last given to a worker. */
  sentAtMs: number;
  /** When a worker began it, as far as this thread can tell; undefined while it waits. */
  startedAtMs: number | undefined;
  readonly answer: (result: JobResult) => void;
  /** Answers with a fault of Skerry's own. */
  readonly fail: (cause: unknown) => void;
}
