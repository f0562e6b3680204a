import { follow, json } from "../api.js";
import { fill, h } from "../dom.js";
import { byteSize, milliseconds } from "../format.js";
import { announceProblem } from "../problems.js";
import { SortedTable } from "../table.js";

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
  keepLoading(async () => {
    const [held, lists] = await Promise.all([
      json("/_/locks", { signal }),
      json("/_/logs", { signal }),
    ]);
    locks.update(held.locks);
    logs.update(lists.logs.filter(({ length }) => length > 0 || showsEmpty.checked));
  }, signal);
}

function lockTable() {
  return new SortedTable({
    caption: "Locks",
    key: ({ name }) => name,
    empty: "No lock is held, and nobody waits for one",
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
    empty: "Nothing has been appended yet",
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
  const list = h("ol", {
    class: "log",
    tabIndex: 0,
    role: "log",
    "aria-label": `Records of ${parameter}`,
  });
  const empty = h("p", { class: "empty" }, "No records yet");
  fill(
    root,
    h("p", { class: "crumbs" }, h("a", { href: "#/locks" }, "Locks and logs"), " / ", parameter),
    h("h1", {}, parameter),
    empty,
    list,
  );
  const { logs } = await json("/_/logs", { signal });
  const length = logs.find(({ name }) => name === parameter)?.length ?? 0;
  const onEvent = (record) => {
    empty.remove();
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    list.append(
      h(
        "li",
        {},
        h("span", { class: "quiet" }, `${record.index} `),
        h("code", {}, record.data ?? record.data_base64),
      ),
    );
    while (list.childElementCount > MAX_RECORDS) list.firstElementChild.remove();
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  };
  follow(`${path}?from=${Math.max(0, length - TAIL)}`, { signal, onEvent }).catch(announceProblem);
}

async function keepLoading(load, signal) {
  while (!signal.aborted) {
    await load().catch((thrown) => signal.aborted || announceProblem(thrown));
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}
