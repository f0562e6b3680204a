import { Worker } from "node:worker_threads";
import type { Verdict } from "../../runtime/wasm/testing_mutants.ts";

/** The vectors whose modules are mutated, beside the rewriter's own samples. */
export const FAMILIES = [
  "bulk",
  "calls",
  "control",
  "exceptions",
  "objects",
  "random_programs",
  "references",
  "segments",
] as const;

/** Mutants after which a thread says how far it is. */
export const REPORT_EVERY = 1000;
/** Longer than a thousand mutants take on the slowest machine: a thread that is silent for so long hangs. */
const HANG_MS = 30_000;

/** The mutants of one thread: `first`, `first + stride`, … */
export interface Share {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** What a thread has seen so far. */
export interface Progress {
  readonly done: number;
  readonly seen: Readonly<Record<Verdict, number>>;
  /** The longest that one mutant took. */
  readonly slowestMs: number;
}

/** Judges mutants 0 to `count - 1` on several threads; a thread's assertion error is thrown on. */
export async function judgeMutants(count: number, threads: number): Promise<Progress> {
  const shares = Array.from({ length: threads }, (_, first) => ({
    first,
    count: Math.floor((count - first + threads - 1) / threads),
    stride: threads,
  }));
  const all = await Promise.all(shares.map(judgeShare));
  return all.reduce((sum, { done, seen, slowestMs }) => ({
    done: sum.done + done,
    seen: {
      taken: sum.seen.taken + seen.taken,
      invalid: sum.seen.invalid + seen.invalid,
      refused: sum.seen.refused + seen.refused,
    },
    slowestMs: Math.max(sum.slowestMs, slowestMs),
  }));
}

function judgeShare(share: Share): Promise<Progress> {
  const worker = new Worker(new URL("./mutants_worker.ts", import.meta.url), { workerData: share });
  let last: Progress = { done: 0, seen: { taken: 0, invalid: 0, refused: 0 }, slowestMs: 0 };
  return new Promise((resolve, reject) => {
    const hang = () => {
      const from = share.first + last.done * share.stride;
      void worker.terminate();
      reject(new Error(`A mutant from ${from} on, in steps of ${share.stride}, does not end`));
    };
    let watchdog = setTimeout(hang, HANG_MS);
    worker.on("message", (progress: Progress) => {
      last = progress;
      clearTimeout(watchdog);
      watchdog = setTimeout(hang, HANG_MS);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      clearTimeout(watchdog);
      resolve(last);
    });
  });
}
