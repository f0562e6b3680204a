import { ActivityCharts } from "../activity_charts.js";
import { historyOf, noteFunctions } from "../activity_history.js";
import { follow, functionPath, json, nameOf, request, sendJson } from "../api.js";
import { confirmed } from "../confirming.js";
import { announce, fill, h, loading } from "../dom.js";
import {
  amount,
  byteSize,
  count,
  dateAndTime,
  milliseconds,
  percent,
  timeOfDay,
} from "../format.js";
import { poll } from "../poll.js";
import { announceProblem, announceRefusal, problemBlock } from "../problems.js";
import { Tail } from "../tail.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/** Entries of a log, and characters of a body, that a page keeps. */
const MAX_ENTRIES = 500;
const MAX_SHOWN = 100_000;
const REFRESH_MS = 2000;
const FROM = {
  folder: "the functions folder",
  deployed: "a deployment",
  route: "the route table",
};
/** Statistics come every second. */
const STATS_SILENCE_MS = 8000;

/** One function: what it is, what it does and says, and a way to call it. */
export async function functionPage(root, { signal, parameter }) {
  const path = functionPath(parameter);
  fill(root, crumbs(parameter), h("h1", {}, parameter), loading());
  const details = await json(path, { signal });
  const isDeployed = details.versions !== undefined;
  const title = details.name ?? details.route;
  fill(
    root,
    crumbs(title),
    h("h1", {}, title),
    details.error && problemBlock(details.error),
    numbers(details, signal),
    activity(details, signal),
    h(
      "div",
      { class: "pair" },
      section("call", "Call", callForm(details)),
      section("log", "Log", logView(path, signal)),
    ),
    section("details", "Details", facts(details)),
    isDeployed && section("versions", "Versions", versionList(path, details)),
    isDeployed && section("source", "Source", sourceView(path, signal)),
    details.config && section("config", "Configuration", h("pre", { tabIndex: 0 }, details.config)),
    isDeployed && section("remove", "Remove", removeButton(path, details, signal)),
  );
}

function crumbs(title) {
  return h(
    "nav",
    { class: "crumbs", "aria-label": "Where this is" },
    h("a", { href: "#/" }, "Overview"),
    " / ",
    h("bdi", {}, title),
  );
}

function section(id, title, content) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}

function facts({ route, method, source, file, language, state, size, loadedAt, methods, also }) {
  // A path that begins with two slashes would lead to another server.
  const address = location.origin + route;
  const rows = [
    ["State", h("span", { class: `state ${state}` }, state)],
    ["Route", route.includes("[") ? h("code", {}, route) : h("a", { href: address }, route)],
    ["Methods", method ?? methods?.join(", ") ?? "all"],
    ["From", FROM[source]],
    ["File", `${file}, ${byteSize(size)}`],
    language && ["Language", language],
    ["Serving since", dateAndTime(loadedAt)],
    also && ["Also at this path", also.map(other)],
  ];
  return h(
    "dl",
    { class: "facts" },
    rows.filter(Boolean).map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value))
    ),
  );
}

/** The API knows one of them by its method only. */
function other(each) {
  const { method, file, source, state } = each;
  if (method === undefined) return h("div", {}, `${FROM[source]}: ${file}, ${state}`);
  const href = `#/functions/${encodeURIComponent(nameOf(each))}`;
  return h("div", {}, h("a", { href }, method), `, ${state}`);
}

/** What it does, second by second, since its page was first shown. */
function activity({ route }, signal) {
  const charts = new ActivityCharts(historyOf(route));
  signal.addEventListener("abort", () => charts.destroy());
  const onEvent = (stats) => {
    noteFunctions(stats);
    charts.draw();
  };
  follow("/_/stats", { signal, onEvent, silenceMs: STATS_SILENCE_MS }).catch(announceProblem);
  return charts.element;
}

/** What it did since the server started, as of now. */
function numbers({ route }, signal) {
  const list = fill(h("dl", { class: "numbers" }), totals(undefined));
  const load = async (signal) => {
    const { functions } = await json("/_/stats", { signal });
    fill(list, totals(functions.find((each) => each.function === route)));
  };
  poll(load, { everyMs: REFRESH_MS, signal, onProblem: announceRefusal });
  return list;
}

function totals(stats) {
  const { requests = 0, failures = 0, fuel, p50_ms: p50, p99_ms: p99 } = stats ?? {};
  const share = failures === 0 ? "" : ` (${percent(failures / requests)})`;
  return [
    ["Requests", count(requests)],
    ["Failed", h("span", { class: failures > 0 ? "bad" : "" }, count(failures), share)],
    ["p50", milliseconds(p50)],
    ["p99", milliseconds(p99)],
    ["Fuel a call", requests > 0 ? amount(Math.round(fuel / requests)) : amount(undefined)],
  ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
}

function callForm({ route, method: only, methods = only === undefined ? METHODS : [only] }) {
  const method = h(
    "select",
    { name: "method" },
    methods.map((each) => h("option", {}, each)),
  );
  const target = h("input", {
    name: "path",
    value: route,
    required: true,
    pattern: "/.*",
    spellcheck: false,
    autocomplete: "off",
  });
  const headers = h("textarea", {
    name: "headers",
    rows: 2,
    placeholder: "content-type: application/json",
    spellcheck: false,
  });
  const body = h("textarea", { name: "body", rows: 4, spellcheck: false });
  // Only how it went is read out; a body may be long.
  const outcome = h("p", { class: "answer-facts", role: "status" });
  const answer = h("div", { class: "answer" });
  const submit = async (event) => {
    event.preventDefault();
    fill(outcome, "Calling…");
    fill(answer);
    try {
      const init = { method: method.value, headers: readHeaders(headers.value) };
      const hasBody = !["GET", "HEAD"].includes(method.value) && body.value !== "";
      const { facts, parts } = await call(
        location.origin + target.value,
        hasBody ? { ...init, body: body.value } : init,
      );
      fill(outcome, facts);
      fill(answer, parts);
    } catch (thrown) {
      fill(outcome);
      fill(answer, problemBlock(thrown));
    }
  };
  return h(
    "form",
    { class: "call", onsubmit: submit },
    h(
      "div",
      { class: "fields" },
      h("label", {}, "Method ", method),
      h("label", { class: "wide" }, "Path ", target),
    ),
    h("label", {}, "Headers, one a line", headers),
    h("label", {}, "Body", body),
    h("p", {}, h("button", { type: "submit", class: "primary" }, "Call")),
    outcome,
    answer,
  );
}

function readHeaders(text) {
  const headers = new Headers();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`Cannot read the header "${line}": it needs NAME: VALUE`);
    headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Functions are called as any client calls them: without this tab's token. */
async function call(url, init) {
  const startMs = performance.now();
  const response = await fetch(url, { ...init, credentials: "omit", redirect: "manual" });
  const text = await response.text();
  const tookMs = performance.now() - startMs;
  const header = (name) => response.headers.get(name);
  const runMs = /dur=([\d.]+)/.exec(header("server-timing") ?? "")?.[1];
  const facts = [
    h(
      "strong",
      { class: response.ok ? "good" : "bad" },
      response.status === 0 ? "Redirect" : `${response.status} ${response.statusText}`,
    ),
    runMs && `run ${milliseconds(Number(runMs))}`,
    `round trip ${milliseconds(tookMs)}`,
    header("x-skerry-fuel") && `fuel ${amount(Number(header("x-skerry-fuel")))}`,
    header("x-skerry-path"),
    byteSize(new Blob([text]).size),
  ].filter(Boolean);
  const shown = text.length > MAX_SHOWN
    ? `${text.slice(0, MAX_SHOWN)}\n… and ${amount(text.length - MAX_SHOWN)} characters more`
    : text;
  const parts = [
    h(
      "details",
      {},
      h("summary", {}, "Headers"),
      h(
        "pre",
        { tabIndex: 0 },
        [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n"),
      ),
    ),
    h("pre", { tabIndex: 0, class: "body" }, shown),
  ];
  return { facts: facts.flatMap((each, i) => i === 0 ? [each] : [" · ", each]), parts };
}

function logView(path, signal) {
  const tail = new Tail({
    label: "Log of this function",
    empty: "Nothing yet: standard error and failures show up here",
    max: MAX_ENTRIES,
    entry: logEntry,
  });
  follow(`${path}/logs`, { signal, onEvent: (entry) => tail.add(entry) }).catch(announceProblem);
  return tail.element;
}

function logEntry({ time, status, code, message, reason, stderr, run_ms, fuel, request_id }) {
  const isBad = code !== undefined;
  return h(
    "li",
    {},
    h("p", { class: "entry-facts" }, [
      h("time", { dateTime: time, title: dateAndTime(time) }, timeOfDay(time)),
      status && h("span", { class: isBad ? "bad" : "good" }, status),
      run_ms !== undefined && h("span", {}, milliseconds(run_ms)),
      fuel !== undefined && h("span", {}, `${amount(fuel)} fuel`),
      request_id && h("span", { class: "quiet", title: "Id of the request" }, request_id),
    ]),
    isBad && h("p", { class: "bad" }, `${code}: ${message ?? ""}`),
    reason && h("p", {}, reason),
    stderr && h("pre", {}, stderr.replace(/\n$/, "")),
  );
}

function versionList(path, { versions }) {
  const roll = (id) => async () => {
    try {
      await sendJson(`${path}/rollback`, "POST", { version: id });
      dispatchEvent(new Event("hashchange"));
      announce(`Version ${id} serves`);
    } catch (thrown) {
      announceProblem(thrown);
    }
  };
  const row = ({ id, language, size, created_at, is_active }) =>
    h(
      "li",
      {},
      h("code", {}, id),
      h("span", {}, language),
      h("span", {}, byteSize(size)),
      h("span", {}, dateAndTime(created_at)),
      is_active ? h("strong", { class: "good" }, "serving") : h(
        "button",
        { type: "button", onclick: roll(id), "aria-label": `Roll back to ${id}` },
        "Roll back",
      ),
    );
  return h("ul", { class: "versions" }, versions.map(row));
}

function sourceView(path, signal) {
  const source = h("pre", { tabIndex: 0, class: "source" }, "Loading…");
  request(`${path}/source`, { signal }).then(async (response) => {
    const isText = response.headers.get("content-type")?.startsWith("text/");
    const text = isText ? await response.text() : "A module: binary";
    source.textContent = text.slice(0, MAX_SHOWN);
  }).catch((thrown) => signal.aborted || (source.textContent = thrown.message));
  return source;
}

function removeButton(path, { name }, signal) {
  const remove = async () => {
    const question = `Remove ${name} with all of its versions?`;
    if (!await confirmed({ question, verb: "Remove", signal })) return;
    try {
      await json(path, { method: "DELETE" });
      location.hash = "#/";
      announce(`Removed ${name}`);
    } catch (thrown) {
      announceProblem(thrown);
    }
  };
  return h("button", { type: "button", class: "danger", onclick: remove }, "Remove…");
}
