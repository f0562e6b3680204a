import { Series } from "./series.js";

/** Functions whose last minutes are kept: those whose pages were seen last. */
const MAX_FUNCTIONS = 10;
const ofFunctions = new Map();

/** What the charts of the server, or of a function, show: the last minutes, second by second. */
export class ActivityHistory {
  rate = new Series(2);
  latency = new Series(3);
  fuel = new Series(1);

  /** Adds a second. Without requests there is no latency to tell of. */
  add(time, activity) {
    const seconds = Date.parse(time) / 1000;
    const { requests_per_second: all = 0, failures_per_second: failed = 0 } = activity ?? {};
    const { p50_ms: p50, p90_ms: p90, p99_ms: p99, fuel_per_second: fuel = 0 } = activity ?? {};
    this.rate.add(seconds, [all, failed]);
    this.latency.add(seconds, all > 0 ? [p50, p90, p99] : [null, null, null]);
    this.fuel.add(seconds, [fuel]);
  }
}

export function historyOf(route) {
  const history = ofFunctions.get(route) ?? new ActivityHistory();
  ofFunctions.delete(route);
  ofFunctions.set(route, history);
  if (ofFunctions.size > MAX_FUNCTIONS) ofFunctions.delete(ofFunctions.keys().next().value);
  return history;
}

/** Goes on with what is kept of functions, whichever page is shown. */
export function noteFunctions({ time, functions }) {
  if (ofFunctions.size === 0) return;
  const active = new Map(functions.map((each) => [each.function, each]));
  for (const [route, history] of ofFunctions) history.add(time, active.get(route));
}
