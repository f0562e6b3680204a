import { follow, json } from "../api.js";
import { fill, h, loading } from "../dom.js";
import { byteSize, milliseconds } from "../format.js";
import { poll } from "../poll.js";
import { announceProblem, announceRefusal } from "../problems.js";
import { SortedTable } from "../table.js";
import { Tail } from "../tail.js";

const REFRESH_MS = 1000;
/** Records of a log that a page keeps. */
const MAX_RECORDS = 300;
const TAIL = 50;

/** Who holds what, who waits for it, and the logs. */
export function locksPage(root, { signal }) {
  const locks = lockTable();
  const logs = logTable();
  const showsEmpty = h("input", { type: "checkbox" });
  fill(
    root,
    h("h1", {}, "Locks and logs"),
    h("h2", {}, "Locks"),
    locks.element,
    h("h2", {}, "Logs"),
    h("p", { class: "tools" }, h("label", {}, showsEmpty, " Show empty ones")),
    logs.element,
  );
  const load = async (signal) => {
    const [held, lists] = await Promise.all([
      json("/_/locks", { signal }),
      json("/_/logs", { signal }),
    ]);
    locks.update(held.locks);
    logs.update(lists.logs.filter(({ length }) => length > 0 || showsEmpty.checked));
  };
  showsEmpty.addEventListener("change", () => load(signal).catch(announceProblem));
  poll(load, { everyMs: REFRESH_MS, signal, onProblem: announceRefusal });
}

function lockTable() {
  return new SortedTable({
    caption: "Locks",
    key: ({ name }) => name,
    empty: () => "No lock is held, and nobody waits for one",
    columns: [
      { title: "Lock", value: ({ name }) => name, cell: ({ name }) => h("code", {}, name) },
      {
        title: "Holder",
        value: ({ holder }) => holder ?? "",
        cell: ({ holder }) => holder === null ? "free" : h("code", {}, holder),
      },
      { title: "Token", isNumber: true, value: ({ token }) => token ?? undefined },
      {
        title: "Lease left",
        isNumber: true,
        value: (row) => row.lease_left_ms ?? undefined,
        cell: (row) => milliseconds(row.lease_left_ms),
      },
      {
        title: "Waiting",
        value: ({ queue }) => queue.length,
        cell: ({ queue }) =>
          queue.length === 0
            ? "nobody"
            : `${queue.length}: ${queue.slice(0, 5).join(", ")}${queue.length > 5 ? " …" : ""}`,
      },
    ],
  });
}

function logTable() {
  return new SortedTable({
    caption: "Logs",
    key: ({ name }) => name,
    sort: { column: 2, isDescending: true },
    empty: () => "Nothing has been appended yet",
    columns: [
      {
        title: "Log",
        value: ({ name }) => name,
        cell: ({ name }) => h("a", { href: `#/logs/${encodeURIComponent(name)}` }, name),
      },
      { title: "Guarded by", value: ({ lock }) => lock, cell: ({ lock }) => h("code", {}, lock) },
      { title: "Records", isNumber: true, value: ({ length }) => length },
      {
        title: "Size",
        isNumber: true,
        value: ({ bytes }) => bytes,
        cell: ({ bytes }) => byteSize(bytes),
      },
    ],
  });
}

/** One log, from its last records on. */
export async function logPage(root, { signal, parameter }) {
  const path = `/_/logs/${encodeURIComponent(parameter)}`;
  const tail = new Tail({
    label: `Records of ${parameter}`,
    empty: "No records yet",
    max: MAX_RECORDS,
    entry: ({ index, data, data_base64 }) =>
      h("li", {}, h("span", { class: "quiet" }, `${index} `), h("code", {}, data ?? data_base64)),
  });
  const where = h("a", { href: "#/locks" }, "Locks and logs");
  const crumbs = h(
    "nav",
    { class: "crumbs", "aria-label": "Where this is" },
    where,
    " / ",
    h("bdi", {}, parameter),
  );
  const title = h("h1", {}, parameter);
  fill(root, crumbs, title, loading());
  const { logs } = await json("/_/logs", { signal });
  const length = logs.find(({ name }) => name === parameter)?.length ?? 0;
  fill(root, crumbs, title, tail.element);
  const onEvent = (record) => tail.add(record);
  follow(`${path}?from=${Math.max(0, length - TAIL)}`, { signal, onEvent }).catch(announceProblem);
}
