import type { WasiHost } from "../wasi/host.ts";
import type { RunIo } from "../wasi/run_io.ts";
import { classify, type Ending } from "./classify.ts";
import type { EntryPoints } from "./entry_points.ts";
import type { Instance } from "./instance.ts";
import type { Outcome } from "./outcome.ts";

/** The bounds of one run that differ between the fast path, the pool and the terminal. */
export interface RunBudget {
  /** Fuel units, at most 2^62. */
  readonly fuel: number;
  /** When to stop, on `performance.now()`'s scale; `Infinity` for never. */
  readonly deadlineMs: number;
  /** Host calls before the run asks for promotion; `Infinity` for never. */
  readonly hostCalls: number;
  /** Pages past which growing memory asks for promotion; -1 for never. */
  readonly inlinePages: number;
  /** Whether whoever asked for the run has left; looked at by host calls. */
  readonly cancelled?: () => boolean;
}

/**
 * Runs a handler in an instance that is ready for it. Undefined means promotion. Throws what a host function
 * of Skerry's own threw by mistake.
 */
export function execute(
  instance: Instance,
  host: WasiHost,
  entry: EntryPoints,
  io: RunIo,
  budget: RunBudget,
): Outcome | undefined {
  instance.reset(budget.fuel, budget.inlinePages);
  host.begin(io, budget);
  const ending = call(entry);
  host.end();
  return classify(host.stopped, instance.state(), ending);
}

function call(entry: EntryPoints): Ending {
  try {
    entry.start?.();
    entry.initialize?.();
    return { kind: "returned", value: entry.handler() };
  } catch (thrown) {
    return { kind: "threw", thrown };
  }
}
