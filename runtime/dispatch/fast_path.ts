import type { IsolateBudget } from "../isolate/isolate.ts";
import type { ResetCounts } from "../isolate/reset_counts.ts";
import type { Limits } from "../isolate/limits.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { Program } from "../isolate/program.ts";
import type { WasiClock } from "../wasi/wasi_clock.ts";
import type { WasiHostOptions } from "../wasi/host.ts";
import type { ModuleInfo } from "../wasm/module_info.ts";
import { IsolateCache } from "./isolate_cache.ts";
import type { Job, RunTarget } from "./job.ts";

/** What a run may use on the thread that serves HTTP before it is started again in the pool. */
export interface InlineBounds {
  /** Fuel units; 0 turns the fast path off. @default 2_000_000, at most about a millisecond */
  readonly fuel: number;
  /** Host calls; each costs up to a microsecond that fuel does not see. @default 512 */
  readonly hostCalls: number;
  /** 64 KiB pages a run may grow to; touching new ones costs page faults. @default 64 (4 MiB) */
  readonly memoryPages: number;
  /** Bytes of body, and bytes of output. @default 262_144 */
  readonly ioBytes: number;
}

/** See {@linkcode InlineBounds}. */
export const DEFAULT_INLINE_BOUNDS: InlineBounds = {
  fuel: 2_000_000,
  hostCalls: 512,
  memoryPages: 64,
  ioBytes: 256 * 1024,
};

/** V8 compiles a function when it is first called, on the calling thread. */
const MAX_INLINE_FUNCTION_BYTES = 128 * 1024;
/** A run that changes its table has the next one fill a new one. */
const MAX_INLINE_TABLE_ELEMENTS = 16_384;
const MAX_INLINE_CODE_BYTES = 512 * 1024;
/** Runs of an engine beyond these sizes that go to the pool first, and compile there what they call. */
const WARMING_RUNS = 16;
/** Promotions, or slow runs, in a row after which a function goes to the pool at once… */
const MAX_PROMOTIONS = 3;
/** …for so many runs, after which it gets one more chance. */
const SUSPENDED_RUNS = 64;
/**
 * Warm runs that hold the thread for longer have found something that costs more time than fuel. Such a
 * function is suspended for {@linkcode SUSPENDED_RUNS} for each millisecond, so that what it can take stays
 * a small part.
 */
const MAX_INLINE_MS = 4;

/** Runs short jobs on the calling thread, under a budget that keeps the event loop responsive. */
export class FastPath {
  readonly #isolates: IsolateCache<RunTarget>;
  readonly #clock: WasiClock;
  readonly #bounds: InlineBounds;
  /** Runs of engines left to the pool. Threads share compiled code, so this one then finds it ready. */
  readonly #engineRuns = new WeakMap<WebAssembly.Module, number>();
  #budgetLimits: Limits | undefined;
  #budget!: IsolateBudget;

  constructor(system: WasiHostOptions, bounds: InlineBounds = DEFAULT_INLINE_BOUNDS) {
    this.#isolates = new IsolateCache(system);
    this.#clock = system.clock;
    this.#bounds = bounds;
  }

  /** What became of the instances of this thread after their runs. */
  get resets(): Readonly<ResetCounts> {
    return this.#isolates.resets;
  }

  /**
   * The result, or undefined if the job belongs in the pool; then nothing of it can be seen. Throws what
   * Skerry's own code throws by mistake.
   */
  run(job: Job): RunResult | undefined {
    const { target, input } = job;
    const { handler, limits } = target;
    if (!this.#admits(target, input.stdin.length)) return undefined;
    // The same function in a row is the common case under load.
    if (limits !== this.#budgetLimits) this.#planFor(limits);
    const isolate = this.#isolates.get(target, target);
    // The first run pays for compilation and the instance; that is no habit.
    const isFirst = isolate.instancesCreated === 0;
    const startMs = this.#clock.nowMs();
    const result = isolate.run(handler, input, this.#budget);
    const ranMs = isFirst ? 0 : this.#clock.nowMs() - startMs;
    const isFinished = result !== undefined && !this.#ranOut(result.outcome, limits);
    this.#judge(target, isFinished, ranMs);
    return isFinished ? result : undefined;
  }

  /** Lets go of a target that has been replaced; should it run again after all, that is merely slower. */
  forget(target: RunTarget): void {
    this.#isolates.forget(target);
  }

  /** One slow run may be the processor's doing, which gave another thread its turn; three are a habit. */
  #judge(target: RunTarget, isFinished: boolean, ranMs: number): void {
    const isSlow = ranMs > MAX_INLINE_MS;
    if (isFinished && !isSlow) target.inlineScore = 0;
    else if (++target.inlineScore >= MAX_PROMOTIONS) {
      target.inlineScore = -SUSPENDED_RUNS * (isSlow ? Math.ceil(ranMs) : 1);
    }
  }

  #admits(target: RunTarget, stdinBytes: number): boolean {
    if (stdinBytes > this.#bounds.ioBytes || !this.#isSmall(target)) return false;
    // What it does with real files, locks and logs could be seen even if it were abandoned.
    if (target.mounts !== undefined && target.mounts.length > 0) return false;
    if (target.coord !== undefined) return false;
    if (target.inlineScore >= 0) return true;
    target.inlineScore++;
    if (target.inlineScore === 0) target.inlineScore = MAX_PROMOTIONS - 1;
    return false;
  }

  #isSmall({ prepared, program, isEngine }: RunTarget): boolean {
    const { info } = prepared;
    if (this.#bounds.fuel === 0 || info.tableElements > MAX_INLINE_TABLE_ELEMENTS) return false;
    if (startPages(info, program) > this.#bounds.memoryPages) return false;
    const isSoonCompiled = info.codeBytes <= MAX_INLINE_CODE_BYTES &&
      info.largestFunctionBytes <= MAX_INLINE_FUNCTION_BYTES;
    return isSoonCompiled || (isEngine === true && this.#isWarm(prepared));
  }

  /** Whether the pool has run an engine often enough to have compiled what runs commonly call. */
  #isWarm({ module }: PreparedModule): boolean {
    const runs = this.#engineRuns.get(module) ?? 0;
    if (runs >= WARMING_RUNS) return true;
    this.#engineRuns.set(module, runs + 1);
    return false;
  }

  /** The function's own limits where they are the smaller ones. */
  #planFor(limits: Limits): void {
    const { fuel, hostCalls, memoryPages, ioBytes } = this.#bounds;
    this.#budgetLimits = limits;
    this.#budget = {
      fuel: Math.min(limits.fuel, fuel),
      deadlineMs: Infinity,
      hostCalls,
      inlinePages: memoryPages,
      stdoutBytes: Math.min(limits.stdoutBytes, ioBytes),
      stderrBytes: limits.stderrBytes,
    };
  }

  /** Whether what stopped the run was the fast path's bound rather than the function's own. */
  #ranOut(outcome: Outcome, limits: Limits): boolean {
    if (outcome.kind === "fuel_exhausted") return limits.fuel > this.#bounds.fuel;
    if (outcome.kind === "output_too_large") return limits.stdoutBytes > this.#bounds.ioBytes;
    // The server has part of this thread's stack; a worker has all of its own.
    return outcome.kind === "trapped" && outcome.trap === "stack_overflow";
  }
}

/** 64 KiB pages before anything has run. */
function startPages({ memories }: ModuleInfo, program: Program | undefined): number {
  if (program?.snapshot !== undefined) return program.snapshot.memoryPages;
  let pages = 0;
  for (const memory of memories) pages += memory.initialPages;
  return pages;
}
