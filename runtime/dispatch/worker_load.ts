import { NO_RESETS, type ResetCounts } from "../isolate/reset_counts.ts";

/** What a worker says of itself when asked. */
export interface WorkerSample {
  /** Processor time of its thread since it started, milliseconds; undefined where the system does not tell. */
  readonly cpuMs: number | undefined;
  /** Bytes of its heap and of the memories of its instances. */
  readonly memoryBytes: number;
  /** What became of its instances since it started. */
  readonly resets: Readonly<ResetCounts>;
}

/** How a worker's load becomes one number, 0 to 1. */
export interface ScoreFormula {
  /** Weights of the three parts; they should add up to 1. @default 0.5, 0.3, 0.2 */
  readonly cpuWeight: number;
  readonly memoryWeight: number;
  readonly ioWeight: number;
  /** How much of the old value stays at each period, 0 to 1. @default 0.7 */
  readonly smoothing: number;
  /** How often workers are measured, milliseconds. @default 500 */
  readonly periodMs: number;
  /** Memory that counts as full, bytes. @default 512 MiB */
  readonly fullMemoryBytes: number;
  /** Traffic that counts as full, bytes a second in both directions. @default 64 MiB */
  readonly fullIoBytesPerSecond: number;
}

/** The formula of the first design: half processor, then memory, then traffic. */
export const DEFAULT_FORMULA: ScoreFormula = {
  cpuWeight: 0.5,
  memoryWeight: 0.3,
  ioWeight: 0.2,
  smoothing: 0.7,
  periodMs: 500,
  fullMemoryBytes: 512 * 1024 * 1024,
  fullIoBytesPerSecond: 64 * 1024 * 1024,
};

/** What a worker had to do, smoothed over periods. Runs are added as they end; the rest is sampled. */
export class WorkerLoad {
  /** Share of the time in which it had a run, 0 to 1, smoothed. */
  busy = 0;
  /** Share of a processor it used, 0 to 1, smoothed. */
  cpu = 0;
  /** Bytes a second, smoothed. */
  inBytesPerSecond = 0;
  outBytesPerSecond = 0;
  /** As the worker last said. */
  memoryBytes = 0;
  resets: Readonly<ResetCounts> = NO_RESETS;
  score = 0;
  /** Of this period so far. */
  #busyMs = 0;
  #inBytes = 0;
  #outBytes = 0;
  #cpuMs: number | undefined;
  #lastCpuMs: number | undefined;

  /** Adds a run that has ended. */
  add(runMs: number, inBytes: number, outBytes: number): void {
    this.#busyMs += runMs;
    this.#inBytes += inBytes;
    this.#outBytes += outBytes;
  }

  /** What the worker said, whenever it got to it. */
  receive({ cpuMs, memoryBytes, resets }: WorkerSample): void {
    this.#cpuMs = cpuMs;
    this.memoryBytes = memoryBytes;
    this.resets = resets;
  }

  /**
   * Ends a period.
   *
   * @param runningMs How long its present run has taken within the period; a worker in a run cannot answer
   */
  endPeriod(periodMs: number, runningMs: number, formula: ScoreFormula): void {
    const { smoothing } = formula;
    const smooth = (before: number, now: number) => smoothing * before + (1 - smoothing) * now;
    const busy = Math.min(1, (this.#busyMs + runningMs) / periodMs);
    this.busy = smooth(this.busy, busy);
    this.cpu = smooth(this.cpu, this.#cpuShare(periodMs) ?? busy);
    this.inBytesPerSecond = smooth(this.inBytesPerSecond, this.#inBytes * 1000 / periodMs);
    this.outBytesPerSecond = smooth(this.outBytesPerSecond, this.#outBytes * 1000 / periodMs);
    this.#busyMs = this.#inBytes = this.#outBytes = 0;
    this.score = scoreOf(this, formula);
  }

  /** Undefined if the worker has not answered since the last period. */
  #cpuShare(periodMs: number): number | undefined {
    const before = this.#lastCpuMs;
    const now = this.#cpuMs;
    this.#lastCpuMs = now ?? before;
    this.#cpuMs = undefined;
    if (before === undefined || now === undefined) return undefined;
    return Math.min(1, (now - before) / periodMs);
  }
}

function scoreOf(
  { cpu, memoryBytes, inBytesPerSecond, outBytesPerSecond }: WorkerLoad,
  formula: ScoreFormula,
): number {
  const memory = Math.min(1, memoryBytes / formula.fullMemoryBytes);
  const io = Math.min(1, (inBytesPerSecond + outBytesPerSecond) / formula.fullIoBytesPerSecond);
  return formula.cpuWeight * cpu + formula.memoryWeight * memory + formula.ioWeight * io;
}
