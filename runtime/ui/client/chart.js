/* global uPlot */
import { h } from "./dom.js";

const HEIGHT_PX = 150;
/** So that the first seconds are not drawn as if they were much. */
const SHORTEST_S = 60;

/**
 * A live chart of a few lines over the last five minutes.
 *
 * @param {{title: string, lines: readonly {label: string, colour: string}[], format: (value: number) => string, series: import("./series.js").Series}} options
 */
export class LiveChart {
  #series;
  #plot;
  #box;
  #legend;
  #format;
  #resize;
  element;

  constructor({ title, lines, format, series }) {
    this.#format = format;
    this.#series = series;
    this.#box = h("div", { class: "plot", "aria-hidden": "true" });
    this.#legend = lines.map(({ label, colour }) => {
      const value = h("span", { class: "value" }, "–");
      const swatch = h("span", { class: "swatch" });
      swatch.style.background = `var(${colour})`;
      return { value, element: h("span", { class: "legend-item" }, swatch, label, " ", value) };
    });
    const legend = h("div", { class: "legend" }, this.#legend.map(({ element }) => element));
    this.element = h("figure", { class: "chart" }, h("figcaption", {}, title, legend), this.#box);
    this.#lines = lines;
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(this.#box);
  }

  #lines;

  /** Adds the values of a moment. @param {number} seconds @param {readonly number[]} values */
  add(seconds, values) {
    this.#series.add(seconds, values);
    this.#legend.forEach(({ value }, i) => value.textContent = this.#format(values[i]));
    this.#plot?.setData(this.#series.columns);
  }

  destroy() {
    this.#resize.disconnect();
    this.#plot?.destroy();
  }

  #fit() {
    const width = this.#box.clientWidth;
    if (width === 0) return;
    if (this.#plot === undefined) this.#plot = this.#make(width);
    else this.#plot.setSize({ width, height: HEIGHT_PX });
  }

  #make(width) {
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    const axis = {
      stroke: () => colour("--quiet"),
      grid: { stroke: () => colour("--line"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    return new uPlot(
      {
        width,
        height: HEIGHT_PX,
        cursor: { show: false },
        legend: { show: false },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map(clockTime), space: 70, size: 22 },
          { ...axis, values: (_, ticks) => ticks.map(this.#format), size: 62, space: 32 },
        ],
        scales: {
          x: { range: (_, min, max) => [Math.min(min, max - SHORTEST_S), max] },
          y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
        },
        series: [
          {},
          ...this.#lines.map(({ label, colour: name }) => ({
            label,
            stroke: () => colour(name),
            width: 1.5,
            points: { show: false },
          })),
        ],
      },
      this.#series.columns,
      this.#box,
    );
  }
}

function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, { hour12: false });
}
