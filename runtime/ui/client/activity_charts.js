import { LiveChart } from "./chart.js";
import { h } from "./dom.js";
import { amount, milliseconds } from "./format.js";
import { isPaused } from "./pausing.js";
import { Series } from "./series.js";

/** What charts show again when a page comes back. */
export function emptyHistory() {
  return { rate: new Series(2), latency: new Series(3), fuel: new Series(1) };
}

/** Requests, latency and fuel, second by second: of the server, or of one function. */
export class ActivityCharts {
  #rate;
  #latency;
  #fuel;
  element;

  /** @param {ReturnType<typeof emptyHistory>} history */
  constructor(history) {
    this.#rate = new LiveChart({
      title: "Requests a second",
      lines: [{ label: "all", colour: "--line-1" }, { label: "failed", colour: "--alarm" }],
      format: amount,
      series: history.rate,
    });
    this.#latency = new LiveChart({
      title: "Latency",
      lines: [
        { label: "p50", colour: "--line-1" },
        { label: "p90", colour: "--line-2" },
        { label: "p99", colour: "--line-3" },
      ],
      format: milliseconds,
      series: history.latency,
    });
    this.#fuel = new LiveChart({
      title: "Fuel a second",
      lines: [{ label: "units", colour: "--line-2" }],
      format: amount,
      series: history.fuel,
    });
    this.element = h("div", { class: "charts" }, this.#all().map(({ element }) => element));
  }

  /** Adds a second. Without requests there is no latency to tell of. */
  add(time, activity) {
    const seconds = Date.parse(time) / 1000;
    const { requests_per_second: all = 0, failures_per_second: failed = 0 } = activity ?? {};
    const { p50_ms: p50, p90_ms: p90, p99_ms: p99, fuel_per_second: fuel = 0 } = activity ?? {};
    this.#rate.add(seconds, [all, failed]);
    this.#latency.add(seconds, all > 0 ? [p50, p90, p99] : [null, null, null]);
    this.#fuel.add(seconds, [fuel]);
    if (!isPaused()) this.#all().forEach((chart) => chart.draw());
  }

  destroy() {
    this.#all().forEach((chart) => chart.destroy());
  }

  #all() {
    return [this.#rate, this.#latency, this.#fuel];
  }
}
