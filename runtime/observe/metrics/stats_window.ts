import type { FunctionMetrics, FunctionMetricsTable } from "./function_metrics.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** What happened within a stretch of time; names are those of the wire. */
export interface Activity {
  readonly requests_per_second: number;
  readonly failures_per_second: number;
  readonly fuel_per_second: number;
  /** Quantiles of the runs that ended in it; 0 without any. */
  readonly p50_ms: number;
  readonly p90_ms: number;
  readonly p99_ms: number;
}

/** What the functions did between two looks. */
export interface WindowStats extends Activity {
  /** ISO 8601. */
  readonly time: string;
  /** Only functions that were called in it. */
  readonly functions: readonly (Activity & { readonly function: string })[];
}

/** What was known of a function at the last look. */
interface Before {
  readonly requests: number;
  readonly failures: number;
  readonly fuel: number;
  readonly durations: LatencyHistogram;
}

const NEVER_CALLED: Before = {
  requests: 0,
  failures: 0,
  fuel: 0,
  durations: new LatencyHistogram(),
};

/** Looks at the functions' metrics now and then, and tells what happened in between. */
export class StatsWindow {
  readonly #table: FunctionMetricsTable;
  readonly #now: () => number;
  readonly #before = new Map<string, Before>();
  #lastMs: number;

  /** @param now Milliseconds since 1970 */
  constructor(table: FunctionMetricsTable, now: () => number = Date.now) {
    this.#table = table;
    this.#now = now;
    this.#lastMs = now();
    for (const each of table.list()) this.#before.set(each.route, copyOf(each));
  }

  /** What happened since the last look, or since this was made. */
  look(): WindowStats {
    const nowMs = this.#now();
    // A clock that was set back, or two looks at once, must not divide by nothing.
    const seconds = Math.max(0.001, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    const total = new Sum();
    const functions: WindowStats["functions"][number][] = [];
    for (const each of this.#table.list()) {
      const before = this.#before.get(each.route) ?? NEVER_CALLED;
      if (each.requests === before.requests) continue;
      const sum = new Sum();
      for (const to of [sum, total]) to.add(each, before);
      functions.push({ function: each.route, ...sum.activity(seconds) });
      this.#before.set(each.route, copyOf(each));
    }
    return { time: new Date(nowMs).toISOString(), ...total.activity(seconds), functions };
  }
}

class Sum {
  #requests = 0;
  #failures = 0;
  #fuel = 0;
  readonly #durations = new LatencyHistogram();

  add(now: FunctionMetrics, before: Before): void {
    this.#requests += now.requests - before.requests;
    this.#failures += now.failures - before.failures;
    this.#fuel += now.fuel - before.fuel;
    this.#durations.addAll(now.durations.since(before.durations));
  }

  activity(seconds: number): Activity {
    const quantile = (part: number) => rounded(this.#durations.quantileMs(part));
    return {
      requests_per_second: rounded(this.#requests / seconds),
      failures_per_second: rounded(this.#failures / seconds),
      fuel_per_second: Math.round(this.#fuel / seconds),
      p50_ms: quantile(0.5),
      p90_ms: quantile(0.9),
      p99_ms: quantile(0.99),
    };
  }
}

function copyOf({ requests, failures, fuel, durations }: FunctionMetrics): Before {
  return { requests, failures, fuel, durations: durations.copy() };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
