/** Which machine numbers come from: without it they mean nothing. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import process from "node:process";

/** Where and when something was measured. */
export interface Machine {
  readonly cpu: string;
  /** Logical processors this process may use. */
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly deno: string;
  readonly v8: string;
  /** Runnable threads over the last minute; well above 0 means that something else was running. */
  readonly loadAverage: number;
  /** Day, ISO 8601. */
  readonly date: string;
}

/** Describes this machine, now. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown processor",
    cores: availableParallelism(),
    memoryGb: totalmem() / 1e9,
    os: `${type()} ${release()} ${process.arch}`,
    deno: process.versions.deno ?? "none",
    v8: process.versions.v8 ?? "unknown",
    loadAverage: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The same in one line. */
export function formatMachine(machine: Machine): string {
  const { cpu, cores, memoryGb, os, deno, v8, loadAverage, date } = machine;
  return `${cpu}, ${cores} cores, ${memoryGb.toFixed(1)} GB, ${os}; Deno ${deno}, V8 ${v8}; ` +
    `${date}, load average ${loadAverage.toFixed(2)}`;
}
