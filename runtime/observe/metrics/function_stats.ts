import type { FunctionMetrics, FunctionMetricsTable } from "./function_metrics.ts";

/** A function as `/_/stats` shows it, since the server started. */
export interface FunctionStats {
  readonly function: string;
  readonly requests: number;
  /** Requests that failed by the function or the server, not by the client. */
  readonly failures: number;
  readonly fuel: number;
  readonly p50_ms: number;
  readonly p90_ms: number;
  readonly p99_ms: number;
  /** Requests by outcome: `ok`, or the code of what went wrong. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** The members of `/_/stats` that tell of functions. */
export function functionStats(
  table: FunctionMetricsTable,
): Readonly<Record<string, () => unknown>> {
  return {
    functions: () => table.list().map(statsOf),
    totals: () => totalsOf(table.list()),
  };
}

function statsOf({ route, requests, failures, fuel, durations, outcomes }: FunctionMetrics) {
  const quantile = (part: number) => Math.round(durations.quantileMs(part) * 1000) / 1000;
  return {
    function: route,
    requests,
    failures,
    fuel,
    p50_ms: quantile(0.5),
    p90_ms: quantile(0.9),
    p99_ms: quantile(0.99),
    outcomes: Object.fromEntries(outcomes),
  } satisfies FunctionStats;
}

function totalsOf(functions: readonly FunctionMetrics[]) {
  const totals = { requests: 0, failures: 0, fuel: 0 };
  for (const { requests, failures, fuel } of functions) {
    totals.requests += requests;
    totals.failures += failures;
    totals.fuel += fuel;
  }
  return totals;
}
