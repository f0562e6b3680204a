import { nameOf } from "./api.js";
import { bar } from "./bar.js";
import { h } from "./dom.js";
import { amount, count, milliseconds, percent } from "./format.js";
import { SortedTable } from "./table.js";

const STATE_TITLES = {
  ready: "ready",
  unloaded: "at first call",
  loading: "loading",
  broken: "broken",
};

/**
 * All functions with what they do now, and what they did since the start. Latencies are those of the last second in
 * which a function was called; those since the start until the page has seen a call.
 */
export class FunctionList {
  #isLoaded = false;
  #slowestMs = 0;
  #rows = new Map();
  #filter = "";
  #table = new SortedTable({
    caption: "Functions, sorted by a column",
    key: ({ key }) => key,
    sort: { column: 2, isDescending: true },
    empty: () =>
      this.#filter === "" ? nothingYet() : `No function with "${this.#filter}" in its name`,
    columns: [
      { title: "Function", value: ({ route }) => route, cell: functionLink },
      { title: "State", value: ({ state }) => state, cell: stateCell },
      {
        title: "p99",
        isNumber: true,
        value: ({ p99 }) => p99,
        cell: (row) => bar(row.p99, this.#slowestMs, milliseconds),
      },
      {
        title: "p50",
        isNumber: true,
        value: ({ p50 }) => p50,
        cell: (row) => milliseconds(row.p50),
      },
      {
        title: "Requests/s",
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
      const { now = {} } = before.get(key) ?? {};
      return [key, { ...each, key, ...totalsOf(known.get(each.route)), ...now, now }];
    }));
    this.#isLoaded = true;
    this.#show();
  }

  addActivity(active) {
    if (!this.#isLoaded) return;
    const now = new Map(active.map((each) => [each.function, each]));
    for (const row of this.#rows.values()) {
      const activity = now.get(row.route);
      row.now = activity === undefined
        ? { ...row.now, rate: 0 }
        : { rate: activity.requests_per_second, p50: activity.p50_ms, p99: activity.p99_ms };
      Object.assign(row, row.now);
    }
    this.#show();
  }

  #find(text) {
    this.#filter = text.toLowerCase();
    this.#show();
  }

  #show() {
    const rows = [...this.#rows.values()];
    this.#slowestMs = rows.reduce((slowest, { p99 = 0 }) => Math.max(slowest, p99), 0);
    this.#table.update(rows.filter(({ route }) => route.toLowerCase().includes(this.#filter)));
  }
}

function nothingYet() {
  const deploy = h("a", { href: "#/deploy" }, "Deploy one");
  return h("span", {}, "No function yet. ", deploy, ", or put a file into the functions folder.");
}

function fuelOf({ fuel }) {
  return fuel === undefined ? "–" : amount(Math.round(fuel));
}

function totalsOf(stats) {
  if (stats === undefined) return { requests: 0, failures: 0 };
  const { requests, failures, fuel, p50_ms: p50, p99_ms: p99 } = stats;
  return { requests, failures, fuel: fuel / requests, p50, p99 };
}

function functionLink(row) {
  const { route, method } = row;
  const title = method === undefined ? route : `${method} ${route}`;
  const href = `#/functions/${encodeURIComponent(nameOf(row))}`;
  return h("a", { class: "name", title, href }, h("bdi", {}, title));
}

function stateCell({ state, error }) {
  const title = STATE_TITLES[state] ?? state;
  const isBroken = error !== undefined || state === "broken";
  const className = `state ${isBroken ? "broken" : state}`;
  return h(
    "span",
    { class: className, title: error?.message },
    h("span", {}, title),
    error && h("span", { class: "code" }, `: ${error.code}`),
  );
}

function failedCell({ failures, requests }) {
  if (!failures) return "0";
  return h("span", { class: "bad" }, `${count(failures)} (${percent(failures / requests)})`);
}
