import { LiveChart } from "./chart.js";
import { h } from "./dom.js";
import { amount, milliseconds } from "./format.js";
import { isPaused } from "./pausing.js";

/** Requests, latency and fuel, second by second: of the server, or of one function. */
export class ActivityCharts {
  #rate;
  #latency;
  #fuel;
  element;

  /** @param {import("./activity_history.js").ActivityHistory} history */
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

  /** Shows what the history has, unless the page is paused. */
  draw() {
    if (!isPaused()) this.#all().forEach((chart) => chart.draw());
  }

  destroy() {
    this.#all().forEach((chart) => chart.destroy());
  }

  #all() {
    return [this.#rate, this.#latency, this.#fuel];
  }
}
