import { json } from "../api.js";
import { confirmed } from "../confirming.js";
import { announce, fill, h } from "../dom.js";
import { dateAndTime } from "../format.js";
import { poll } from "../poll.js";
import { announceProblem, announceRefusal, problemBlock } from "../problems.js";
import { SortedTable } from "../table.js";

const REFRESH_MS = 2000;
const EXAMPLE = '{"name":"convert","runtime":"wasm","module":"convert.wasm","timeout":30}';

/** The route table, which other programs edit too. */
export function routesPage(root, { signal }) {
  const table = new SortedTable({
    caption: "Routes",
    key: ({ key }) => key,
    empty: () => "No rows: functions answer at the paths of their files and names",
    columns: [
      { title: "Route", value: ({ key }) => key, cell: ({ key }) => h("code", {}, key) },
      { title: "State", value: ({ state }) => state, cell: stateCell, wraps: true },
      {
        title: "Value",
        wraps: true,
        value: ({ value }) => value,
        cell: ({ value }) => h("code", { class: "value" }, value),
      },
      {
        title: "Changed",
        value: ({ updated }) => updated,
        cell: ({ updated }) => dateAndTime(new Date(updated * 1000).toISOString()),
      },
      {
        title: "",
        name: "Actions",
        cell: (row) =>
          h(
            "span",
            { class: "buttons" },
            button("Edit", row, () => form.edit(row)),
            button("Delete", row, () => remove(row)),
          ),
      },
    ],
  });
  const load = async (signal) => table.update((await json("/_/routes", { signal })).routes);
  const form = putForm(() => load(signal));
  const remove = async ({ key }) => {
    if (!await confirmed({ question: `Delete the route ${key}?`, verb: "Delete", signal })) return;
    try {
      await json(`/_/routes/${encodeURIComponent(key)}`, { method: "DELETE" });
      announce(`Deleted ${key}`);
      await load(signal);
    } catch (thrown) {
      announceProblem(thrown);
    }
  };
  fill(root, h("h1", {}, "Routes"), table.element, h("h2", {}, "Add or change"), form.element);
  poll(load, { everyMs: REFRESH_MS, signal, onProblem: announceRefusal });
}

function button(verb, { key }, onclick) {
  return h("button", { type: "button", "aria-label": `${verb} ${key}`, onclick }, verb);
}

function stateCell({ state, error }) {
  return h("span", { class: `state ${state}` }, error === undefined ? state : error.message);
}

function putForm(load) {
  const key = h("input", {
    name: "key",
    required: true,
    placeholder: "POST:/api/convert",
    size: 30,
    spellcheck: false,
  });
  const value = h("textarea", {
    name: "value",
    rows: 4,
    required: true,
    placeholder: EXAMPLE,
    spellcheck: false,
  });
  const result = h("div");
  const submit = async (event) => {
    event.preventDefault();
    try {
      await json(`/_/routes/${encodeURIComponent(key.value)}`, {
        method: "PUT",
        body: value.value,
      });
      fill(result);
      announce(`Set ${key.value}`);
      await load();
    } catch (thrown) {
      fill(result, problemBlock(thrown));
    }
  };
  const element = h(
    "form",
    { onsubmit: submit },
    h("label", {}, "Method and path ", key),
    h("label", {}, "Value (JSON)", value),
    h("p", {}, h("button", { type: "submit", class: "primary" }, "Set")),
    result,
  );
  const edit = (row) => {
    key.value = row.key;
    value.value = row.value;
    value.focus();
  };
  return { element, edit };
}
