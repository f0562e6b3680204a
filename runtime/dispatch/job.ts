import type { CoordGrant } from "../coord/guest/coord_grant.ts";
import type { Limits } from "../isolate/limits.ts";
import type { MountGrant } from "../isolate/mount_grant.ts";
import type { RunResult } from "../isolate/outcome.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { Program } from "../isolate/program.ts";
import type { RunInput } from "../isolate/run_input.ts";

export type { RunInput as JobInput };

/** One request to run a function: what to run, what it sees, and its bounds. */
export interface Job {
  readonly target: RunTarget;
  readonly input: RunInput;
  /** Whether the client has gone. Asked now and then once the job has left the fast path. */
  hasLeft?(): boolean;
}

/** What runs: kept per version of a function and shared by all of its jobs. */
export interface RunTarget {
  readonly prepared: PreparedModule;
  /** The export to call: `_start`, or a reactor's function. */
  readonly handler: string;
  readonly limits: Limits;
  /** Directories it is given. A run that may have written to one is never run a second time. @default none */
  readonly mounts?: readonly MountGrant[];
  /** Locks and logs it is given; such runs go to the pool, and never run a second time. @default none */
  readonly coord?: CoordGrant;
  /** What the module runs; it has passed `checkProgram`. @default nothing but itself */
  readonly program?: Program;
  /**
   * Whether the module is an interpreter of Skerry's, which many functions share: its size keeps it off the
   * fast path only until the pool has warmed it up. @default false
   */
  readonly isEngine?: boolean;
  /** How many workers it may use. @default as many as there are, and none is kept free for it */
  readonly scheduling?: Scheduling;
  /**
   * How this version has fared on the fast path, starts at 0: promotions in a row, or, below 0, runs for
   * which it is not tried there. The dispatcher's own.
   */
  inlineScore: number;
}

/** A function's part of the pool. */
export interface Scheduling {
  /** Runs of it at once in the pool; further ones wait. */
  readonly maxConcurrent: number;
  /** Workers that others leave free for it, once it has been called. */
  readonly reservedWorkers: number;
  /** Its weight against other functions when jobs wait; everyone else's is 1. */
  readonly share: number;
}

/** Which way a job was run. */
export type RunPath = "inline" | "pool";

/** The answer to a job. */
export type JobResult =
  | {
    readonly kind: "ran";
    readonly path: RunPath;
    readonly result: RunResult;
    /** How long it waited for a worker, milliseconds; absent on the fast path. */
    readonly waitedMs?: number;
  }
  /** The queue is full; try again after this many seconds. */
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };

/** Runs jobs. */
export interface Dispatcher {
  /**
   * Runs a job: answers at once if the fast path finished it, else with a promise. Throws and rejects only
   * if Skerry itself fails, never for what the function does.
   */
  run(job: Job): JobResult | Promise<JobResult>;
}
