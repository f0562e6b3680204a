import { follow, functionPath, json, request, sendJson } from "../api.js";
import { announce, fill, h } from "../dom.js";
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
import { announceProblem, problemBlock } from "../problems.js";
import { Tail } from "../tail.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/** Entries of a log, and characters of a body, that a page keeps. */
const MAX_ENTRIES = 500;
const MAX_SHOWN = 100_000;
const REFRESH_MS = 2000;

/** One function: what it is, what it says, and a way to call it. */
export async function functionPage(root, { signal, parameter }) {
  const path = functionPath({ name: parameter });
  const details = await json(path, { signal });
  const isDeployed = details.versions !== undefined;
  fill(
    root,
    h(
      "p",
      { class: "crumbs" },
      h("a", { href: "#/" }, "Overview"),
      " / ",
      details.name ?? details.route,
    ),
    h("h1", {}, details.name ?? details.route),
    facts(details),
    activity(details, signal),
    details.error && problemBlock(details.error),
    section("call", "Call", callForm(details)),
    section("log", "Log", logView(path, signal)),
    isDeployed && section("versions", "Versions", versionList(path, details)),
    isDeployed && section("source", "Source", sourceView(path, signal)),
    details.config && section("config", "Configuration", h("pre", { tabIndex: 0 }, details.config)),
    isDeployed && section("remove", "Remove", removeButton(path, details)),
  );
}

function section(id, title, content) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}

function facts({ route, method, source, file, language, state, size, loadedAt, methods }) {
  const rows = [
    ["Route", h("a", { href: route.includes("[") ? "#call" : route }, route)],
    ["Methods", method ?? methods?.join(", ") ?? "all"],
    [
      "From",
      {
        folder: "the functions folder",
        deployed: "a deployment",
        route: "the route table",
      }[source],
    ],
    ["File", `${file}, ${byteSize(size)}`],
    language && ["Language", language],
    ["State", h("span", { class: `state ${state}` }, state)],
    ["Serving since", dateAndTime(loadedAt)],
  ];
  return h(
    "dl",
    { class: "facts" },
    rows.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

/** What it did since the server started, as of now. */
function activity({ route }, signal) {
  const list = h("dl", { class: "numbers" });
  const load = async () => {
    const { functions } = await json("/_/stats", { signal });
    fill(list, numbers(functions.find((each) => each.function === route)));
  };
  poll(load, { everyMs: REFRESH_MS, signal, onProblem: announceProblem });
  return list;
}

function numbers(stats) {
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
    size: 40,
    required: true,
    pattern: "/.*",
    spellcheck: false,
  });
  const headers = h("textarea", {
    name: "headers",
    rows: 2,
    placeholder: "content-type: application/json",
    spellcheck: false,
  });
  const body = h("textarea", { name: "body", rows: 4, spellcheck: false });
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const submit = async (event) => {
    event.preventDefault();
    fill(answer, h("p", {}, "Calling…"));
    try {
      const init = { method: method.value, headers: readHeaders(headers.value) };
      const hasBody = !["GET", "HEAD"].includes(method.value) && body.value !== "";
      fill(answer, await call(target.value, hasBody ? { ...init, body: body.value } : init));
    } catch (thrown) {
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
async function call(path, init) {
  const startMs = performance.now();
  const response = await fetch(path, { ...init, credentials: "omit", redirect: "manual" });
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
  return [
    h("p", { class: "answer-facts" }, facts.flatMap((each, i) => i === 0 ? [each] : [" · ", each])),
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
    { class: isBad ? "bad-entry" : "" },
    h("p", { class: "entry-facts" }, [
      h("time", { dateTime: time }, timeOfDay(time)),
      status && ` ${status}`,
      run_ms !== undefined && ` ${milliseconds(run_ms)}`,
      fuel !== undefined && ` ${amount(fuel)} fuel`,
      request_id && h("span", { class: "quiet" }, ` ${request_id}`),
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
      ` ${language}, ${byteSize(size)}, ${dateAndTime(created_at)} `,
      is_active
        ? h("strong", { class: "good" }, "serving")
        : h("button", { type: "button", onclick: roll(id) }, "Roll back to it"),
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

function removeButton(path, { name }) {
  const dialog = h("dialog", { "aria-labelledby": "remove-title" });
  const remove = async () => {
    try {
      await json(path, { method: "DELETE" });
      location.hash = "#/";
      announce(`Removed ${name}`);
    } catch (thrown) {
      announceProblem(thrown);
    }
    dialog.close();
  };
  fill(
    dialog,
    h("p", { id: "remove-title" }, `Remove ${name} with all of its versions?`),
    h(
      "p",
      { class: "buttons" },
      h("button", { type: "button", class: "danger", onclick: remove }, "Remove"),
      h("button", { type: "button", onclick: () => dialog.close() }, "Keep"),
    ),
  );
  return h(
    "div",
    {},
    h("button", { type: "button", class: "danger", onclick: () => dialog.showModal() }, "Remove…"),
    dialog,
  );
}
