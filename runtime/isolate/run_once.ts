import { WasiHost, type WasiHostOptions } from "../wasi/host.ts";
import type { RunIo } from "../wasi/run_io.ts";
import { entryPoints } from "./entry_points.ts";
import { execute, type RunBudget } from "./execute.ts";
import { bindHost, instantiate, memoryPages } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import type { CompiledModule } from "./prepare.ts";

/** How a single run ended and what it used. */
export interface OnceResult {
  readonly outcome: Outcome;
  /** Fuel units consumed. */
  readonly fuel: number;
  /** 64 KiB pages at the end of the run, over all memories. */
  readonly memoryPages: number;
}

/**
 * Runs a module once, with input and output wherever `io` leads, and keeps nothing. The budget must leave
 * host calls and pages unbounded: there is no pool to be promoted to.
 */
export function runOnce(
  compiled: CompiledModule,
  handler: string,
  io: RunIo,
  budget: RunBudget,
  system: WasiHostOptions,
): OnceResult {
  const host = new WasiHost(system);
  const instance = instantiate(compiled, host.imports);
  bindHost(host, instance, compiled.info);
  const outcome = execute(instance, host, entryPoints(instance, handler), io, budget)!;
  return { outcome, fuel: instance.fuel(), memoryPages: memoryPages(instance) };
}
