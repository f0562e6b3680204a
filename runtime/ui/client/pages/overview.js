import { announceProblem } from "../problems.js";
import { follow, json, sendJson } from "../api.js";
import { LiveChart } from "../chart.js";
import { fill, h } from "../dom.js";
import { amount, byteSize, count, milliseconds, percent } from "../format.js";
import { poll } from "../poll.js";
import { Series } from "../series.js";
import { SortedTable } from "../table.js";

const STATE_TITLES = {
  ready: "ready",
  unloaded: "at first call",
  loading: "loading",
  broken: "broken",
};
/** How often the list of functions itself is fetched; their numbers come every second. */
const LIST_MS = 5000;

/** Kept while other pages are shown. */
const HISTORY = { rate: new Series(2), latency: new Series(3), fuel: new Series(1) };

/** What runs, how fast, and where it hurts. */
export function overviewPage(root, { signal }) {
  const charts = {
    rate: new LiveChart({
      title: "Requests a second",
      lines: [{ label: "all", colour: "--sea" }, { label: "failed", colour: "--alarm" }],
      format: amount,
      series: HISTORY.rate,
    }),
    latency: new LiveChart({
      title: "Latency",
      lines: [
        { label: "p50", colour: "--sea" },
        { label: "p90", colour: "--lichen" },
        { label: "p99", colour: "--alarm" },
      ],
      format: milliseconds,
      series: HISTORY.latency,
    }),
    fuel: new LiveChart({
      title: "Fuel a second",
      lines: [{ label: "units", colour: "--lichen" }],
      format: amount,
      series: HISTORY.fuel,
    }),
  };
  const functions = new FunctionList();
  const workers = new WorkerList(signal);
  fill(
    root,
    h("h1", {}, "Overview"),
    h("div", { class: "charts" }, Object.values(charts).map(({ element }) => element)),
    h(
      "section",
      { "aria-labelledby": "functions" },
      h("h2", { id: "functions" }, "Functions"),
      functions.element,
    ),
    h(
      "section",
      { "aria-labelledby": "workers" },
      h("h2", { id: "workers" }, "Workers"),
      workers.element,
    ),
  );
  signal.addEventListener("abort", () => Object.values(charts).forEach((chart) => chart.destroy()));
  const list = async () => {
    const [listed, stats] = await Promise.all([
      json("/_/functions", { signal }),
      json("/_/stats", { signal }),
    ]);
    functions.setFunctions(listed.functions, stats.functions);
  };
  poll(list, { everyMs: LIST_MS, signal, onProblem: announceProblem });
  follow("/_/stats", {
    signal,
    onEvent(stats) {
      const seconds = Date.parse(stats.time) / 1000;
      charts.rate.add(seconds, [stats.requests_per_second, stats.failures_per_second]);
      charts.latency.add(seconds, [stats.p50_ms, stats.p90_ms, stats.p99_ms]);
      charts.fuel.add(seconds, [stats.fuel_per_second]);
      functions.addActivity(stats.functions);
      workers.show(stats);
    },
  }).catch(announceProblem);
}

/** All functions with what they do now, and what they did since the start. */
class FunctionList {
  #rows = new Map();
  #filter = "";
  #table = new SortedTable({
    caption: "Functions, sorted by a column",
    key: ({ key }) => key,
    sort: { column: 2, isDescending: true },
    empty: "No function yet: deploy one, or drop a file into the functions folder",
    columns: [
      { title: "Function", value: ({ route }) => route, cell: functionLink },
      { title: "State", value: ({ state }) => state, cell: stateCell },
      {
        title: "p99",
        isNumber: true,
        value: ({ p99 }) => p99,
        cell: (row) => bar(row.p99, this.#slowest(), milliseconds),
      },
      {
        title: "p50",
        isNumber: true,
        value: ({ p50 }) => p50,
        cell: (row) => milliseconds(row.p50),
      },
      {
        title: "Now, /s",
        isNumber: true,
        value: (row) => row.rate ?? 0,
        cell: (row) => amount(row.rate ?? 0),
      },
      {
        title: "Requests",
        isNumber: true,
        value: ({ requests }) => requests,
        cell: (row) => count(row.requests),
      },
      { title: "Failed", isNumber: true, value: ({ failures }) => failures, cell: failedCell },
      {
        title: "Fuel a call",
        isNumber: true,
        value: ({ fuel }) => fuel,
        cell: (row) => fuelOf(row),
      },
    ],
  });
  element = h(
    "div",
    {},
    h(
      "p",
      { class: "tools" },
      h(
        "label",
        {},
        "Find ",
        h("input", { type: "search", oninput: (event) => this.#find(event.target.value) }),
      ),
    ),
    this.#table.element,
  );

  setFunctions(listed, totals) {
    const known = new Map(totals.map((each) => [each.function, each]));
    const before = this.#rows;
    this.#rows = new Map(listed.map((each) => {
      const key = `${each.method ?? ""} ${each.route}`.trim();
      return [key, {
        ...each,
        key,
        ...totalsOf(known.get(each.route)),
        rate: before.get(key)?.rate,
      }];
    }));
    this.#show();
  }

  addActivity(active) {
    const now = new Map(active.map((each) => [each.function, each]));
    for (const row of this.#rows.values()) {
      const activity = now.get(row.route);
      row.rate = activity?.requests_per_second ?? 0;
      if (activity !== undefined) {
        row.p50 = activity.p50_ms;
        row.p99 = activity.p99_ms;
      }
    }
    this.#show();
  }

  #find(text) {
    this.#filter = text.toLowerCase();
    this.#show();
  }

  #slowest() {
    return Math.max(...[...this.#rows.values()].map(({ p99 }) => p99 ?? 0));
  }

  #show() {
    const rows = [...this.#rows.values()];
    this.#table.update(rows.filter(({ route }) => route.toLowerCase().includes(this.#filter)));
  }
}

function fuelOf({ fuel }) {
  return fuel === undefined ? "–" : amount(Math.round(fuel));
}

function totalsOf(stats) {
  if (stats === undefined) return { requests: 0, failures: 0 };
  const { requests, failures, fuel, p50_ms: p50, p99_ms: p99 } = stats;
  return { requests, failures, fuel: fuel / requests, p50, p99 };
}

function functionLink({ name, route, method }) {
  const title = method === undefined ? route : `${method} ${route}`;
  return h(
    "a",
    { class: "name", title, href: `#/functions/${encodeURIComponent(name ?? route.slice(1))}` },
    h("bdi", {}, title),
  );
}

function stateCell({ state, error }) {
  const title = STATE_TITLES[state] ?? state;
  const text = error === undefined ? title : `${title}: ${error.code}`;
  const isBroken = error !== undefined || state === "broken";
  const className = `state ${isBroken ? "broken" : state}`;
  return h("span", { class: className, title: error?.message }, h("span", {}, text));
}

function failedCell({ failures, requests }) {
  if (!failures) return "0";
  return h("span", { class: "bad" }, `${count(failures)} (${percent(failures / requests)})`);
}

/** A number with a bar behind it, as long as its part of the largest. */
function bar(value, largest, format) {
  if (value === undefined) return "–";
  const element = h("span", { class: "bar" }, format(value));
  element.style.setProperty("--part", `${largest > 0 ? 100 * value / largest : 0}%`);
  return element;
}

/** The pool: who works, how it is chosen, and who waits. */
class WorkerList {
  #queue = h("span", { class: "value" }, "–");
  #strategy;
  #table = new SortedTable({
    caption: "Workers",
    key: ({ id }) => String(id),
    empty: "No worker yet: the first one starts with the first run that needs one",
    columns: [
      { title: "Worker", isNumber: true, value: ({ id }) => id },
      {
        title: "State",
        value: ({ state }) => state,
        cell: ({ state }) => h("span", { class: `state ${state}` }, state),
      },
      {
        title: "Score",
        isNumber: true,
        value: ({ score }) => score,
        cell: ({ score }) => bar(score, 1, (each) => each.toFixed(2)),
      },
      {
        title: "Processor",
        isNumber: true,
        value: ({ cpu }) => cpu,
        cell: ({ cpu }) => bar(cpu, 1, percent),
      },
      {
        title: "Busy",
        isNumber: true,
        value: ({ busy }) => busy,
        cell: ({ busy }) => bar(busy, 1, percent),
      },
      {
        title: "Memory",
        isNumber: true,
        value: (row) => row.memory_bytes,
        cell: (row) => byteSize(row.memory_bytes),
      },
      {
        title: "In, /s",
        isNumber: true,
        value: (row) => row.in_bytes_per_second,
        cell: (row) => byteSize(row.in_bytes_per_second),
      },
      {
        title: "Out, /s",
        isNumber: true,
        value: (row) => row.out_bytes_per_second,
        cell: (row) => byteSize(row.out_bytes_per_second),
      },
      { title: "Runs", isNumber: true, value: ({ inflight }) => inflight },
    ],
  });
  element;

  constructor(signal) {
    const choose = () =>
      sendJson("/_/scheduler", "PUT", { strategy: this.#strategy.value }).catch(announceProblem);
    this.#strategy = h("select", { onchange: choose });
    json("/_/scheduler", { signal }).then(({ strategy, strategies }) => {
      fill(this.#strategy, strategies.map((name) => h("option", { value: name }, name)));
      this.#strategy.value = strategy;
    }, (thrown) => signal.aborted || announceProblem(thrown));
    this.element = h(
      "div",
      {},
      h(
        "p",
        { class: "tools" },
        h("label", {}, "Strategy ", this.#strategy),
        h("span", {}, "Waiting runs ", this.#queue),
      ),
      this.#table.element,
    );
  }

  show({ workers, queue, strategy }) {
    this.#table.update(workers);
    this.#queue.textContent = queue.depth === 0
      ? "0"
      : `${queue.depth}, the first for ${milliseconds(queue.wait_ms)}`;
    if (document.activeElement !== this.#strategy && strategy) this.#strategy.value = strategy;
  }
}
