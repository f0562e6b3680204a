/* global uPlot */
import { h } from "./dom.js";
import { tick, timeOfDay } from "./format.js";

const HEIGHT_PX = 160;
/** So that the first seconds are not drawn as if they were much. */
const SHORTEST_S = 60;
/** A digit of an axis, about. */
const DIGIT_PX = 6.5;
const FONT = "11px system-ui, sans-serif";
/** Whoever wants little motion gets a picture every so often instead of a moving one. */
const CALM_MS = 5000;

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const print = matchMedia("print");
const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * A live chart of a few lines over the last five minutes. A pointer over one chart reads the same moment in all.
 *
 * @param {{title: string, lines: readonly {label: string, colour: string}[], format: (value: number) => string, series: import("./series.js").Series}} options
 */
export class LiveChart {
  #series;
  #lines;
  #plot;
  #box = h("div", { class: "plot", "aria-hidden": "true" });
  #values;
  #moment = h("span", { class: "moment" });
  #format;
  #resize = new ResizeObserver(() => this.#fit());
  #leave = new AbortController();
  #drawnMs = -Infinity;
  element;

  constructor({ title, lines, format, series }) {
    this.#format = format;
    this.#series = series;
    this.#lines = lines;
    this.#values = lines.map(() => h("span", { class: "value" }));
    const legend = lines.map(({ label, colour }, i) => {
      const swatch = h("span", { class: "swatch" });
      swatch.style.background = `var(${colour})`;
      return h("span", { class: "legend-item" }, swatch, label, " ", this.#values[i]);
    });
    const caption = h("figcaption", {}, title, this.#moment, h("div", { class: "legend" }, legend));
    this.element = h("figure", { class: "chart", "aria-label": title }, caption, this.#box);
    this.#tell();
    this.#resize.observe(this.#box);
    const { signal } = this.#leave;
    const recolour = () => this.#plot?.redraw();
    for (const query of [print, dark]) query.addEventListener("change", recolour, { signal });
  }

  /** Shows what the series has by now. */
  draw() {
    this.#tell();
    const nowMs = performance.now();
    if (calm.matches && nowMs - this.#drawnMs < CALM_MS) return;
    this.#drawnMs = nowMs;
    this.#plot?.setData(this.#series.columns);
  }

  destroy() {
    this.#leave.abort();
    this.#resize.disconnect();
    this.#plot?.destroy();
  }

  /** The numbers of the moment under the pointer, or of the last one. */
  #tell() {
    const [seconds, ...columns] = this.#plot?.data ?? this.#series.columns;
    const pointed = this.#plot?.cursor.idx ?? undefined;
    const [newest, ...latest] = this.#series.columns;
    this.#moment.textContent = pointed === undefined
      ? ""
      : timeOfDay(new Date(seconds[pointed] * 1000).toISOString());
    this.#values.forEach((element, i) => {
      const value = pointed === undefined ? latest[i][newest.length - 1] : columns[i][pointed];
      element.textContent = this.#format(value);
    });
  }

  #fit() {
    const width = this.#box.clientWidth;
    if (width === 0) return;
    if (this.#plot === undefined) this.#plot = this.#make(width);
    else this.#plot.setSize({ width, height: HEIGHT_PX });
  }

  #make(width) {
    const options = {
      width,
      height: HEIGHT_PX,
      // The last time of day is written to its end.
      padding: [8, 26, 0, 0],
      cursor: { sync: { key: "activity" }, y: false, drag: { x: false, y: false } },
      hooks: { setCursor: [() => this.#plot && this.#tell()] },
      legend: { show: false },
      axes: this.#axes(),
      scales: {
        x: { range: () => this.#span() },
        y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      series: [{}, ...this.#lines.map(line)],
    };
    return new uPlot(options, this.#series.columns, this.#box);
  }

  /** The library would take a day for a single moment. */
  #span() {
    const moments = this.#series.columns[0];
    const last = moments.at(-1) ?? Date.now() / 1000;
    return [Math.min(moments[0] ?? last, last - SHORTEST_S), last];
  }

  #axes() {
    const axis = {
      stroke: () => colourOf("--quiet"),
      grid: { stroke: () => colourOf("--line"), width: 1 },
      ticks: { show: false },
      font: FONT,
    };
    const longest = (texts) => Math.max(0, ...texts.map(({ length }) => length));
    return [
      {
        ...axis,
        grid: { show: false },
        values: (_, moments) => moments.map(clock),
        space: 64,
        size: 20,
      },
      {
        ...axis,
        values: (plot, ticks) => ticks.map((value) => this.#label(plot, value)),
        size: (_, texts) => 12 + DIGIT_PX * longest(texts ?? []),
        gap: 6,
        space: 32,
      },
    ];
  }

  /** An axis of nothing has its zero and no more. */
  #label({ series }, value) {
    const isEmpty = series.slice(1).every(({ max }) => !(max > 0));
    return isEmpty && value > 0 ? "" : tick(this.#format(value));
  }
}

function line({ label, colour }) {
  const stroke = () => colourOf(colour);
  return {
    label,
    stroke,
    width: 1.75,
    points: { show: false, filter: lonely, size: 5, fill: stroke },
  };
}

/** Moments between two gaps: a line shows nothing of them, so they are dots. */
function lonely({ data }, index) {
  const isGap = (value) => value === null || value === undefined;
  const values = data[index];
  return [...values.keys()].filter((i) =>
    !isGap(values[i]) && isGap(values[i - 1]) && isGap(values[i + 1])
  );
}

function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** Hours and minutes; seconds where they are not zero. */
function clock(seconds) {
  const time = timeOfDay(new Date(seconds * 1000).toISOString());
  return seconds % 60 === 0 ? time.slice(0, 5) : time;
}
