import type { RunReport } from "../function_log_entry.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** What one function did since the server started. */
export interface FunctionMetrics {
  readonly route: string;
  /** Requests by outcome: `ok`, or the code of what went wrong. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly requests: number;
  /** Requests that failed by the function or the server, not by the client. */
  readonly failures: number;
  /** Fuel units. */
  readonly fuel: number;
  /** From giving the run to the dispatcher to its end. */
  readonly durations: LatencyHistogram;
}

/** Functions told apart; the others are counted together, so that nobody's names fill the memory. */
const MAX_FUNCTIONS = 1000;
/** What the functions beyond that are called. No route can be: it has no slash. */
export const OTHERS = "(others)";

/** Counts requests, function by function. Adding allocates nothing once a function is known. */
export class FunctionMetricsTable {
  readonly #maxFunctions: number;
  readonly #functions = new Map<string, Row>();
  /** How long runs waited for a worker. */
  readonly waits = new LatencyHistogram();

  constructor(maxFunctions = MAX_FUNCTIONS) {
    this.#maxFunctions = maxFunctions;
  }

  /** Adds an answered request; what found no function is not counted. */
  add(report: RunReport): void {
    const { route, runMs, fuel, waitedMs } = report;
    if (route === undefined) return;
    const row = this.#functions.get(route) ?? this.#newRow(route);
    row.count(report);
    if (fuel !== undefined) row.fuel += fuel;
    if (runMs !== undefined) row.durations.add(runMs);
    if (waitedMs !== undefined) this.waits.add(waitedMs);
  }

  /** Every function that was called, in the order of their first calls. */
  list(): readonly FunctionMetrics[] {
    return [...this.#functions.values()];
  }

  #newRow(route: string): Row {
    if (this.#functions.size >= this.#maxFunctions && route !== OTHERS) {
      return this.#functions.get(OTHERS) ?? this.#newRow(OTHERS);
    }
    const row = new Row(route);
    this.#functions.set(route, row);
    return row;
  }
}

class Row implements FunctionMetrics {
  readonly route: string;
  readonly outcomes = new Map<string, number>();
  readonly durations = new LatencyHistogram();
  requests = 0;
  failures = 0;
  fuel = 0;

  constructor(route: string) {
    this.route = route;
  }

  count({ error, status }: RunReport): void {
    const outcome = error === undefined ? "ok" : error.code;
    this.requests++;
    if (status >= 500) this.failures++;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}
