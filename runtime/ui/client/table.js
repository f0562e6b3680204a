import { fill, h } from "./dom.js";
import { sortedBy } from "./sorting.js";

/**
 * A table whose columns sort. `update` keeps rows that are still there, so that neither focus nor scrolling is lost.
 *
 * @param {{caption: string, columns: readonly {title: string, value: (row: any) => any, cell?: (row: any) => unknown, isNumber?: boolean, wraps?: boolean}[], key: (row: any) => string, sort?: {column: number, isDescending: boolean}, empty: string}} options
 */
export class SortedTable {
  #options;
  #sort;
  #rows = [];
  #body = h("tbody");
  #heads;
  element;

  constructor(options) {
    this.#options = options;
    this.#sort = options.sort ?? { column: 0, isDescending: false };
    this.#heads = options.columns.map((column, index) => this.#head(column, index));
    const table = h(
      "table",
      {},
      h("caption", { class: "hidden" }, options.caption),
      h("thead", {}, h("tr", {}, this.#heads)),
      this.#body,
    );
    const label = options.caption;
    this.element = h(
      "div",
      { class: "scroll", tabIndex: 0, role: "region", "aria-label": label },
      table,
    );
    this.#show();
  }

  /** @param {readonly any[]} rows */
  update(rows) {
    this.#rows = rows;
    this.#show();
  }

  #head({ title, isNumber }, index) {
    const sort = () => {
      const isSame = this.#sort.column === index;
      this.#sort = { column: index, isDescending: isSame ? !this.#sort.isDescending : !!isNumber };
      this.#show();
    };
    const button = h("button", { type: "button", class: "sort", onclick: sort }, title);
    return h("th", { scope: "col", class: isNumber ? "number" : "" }, button);
  }

  #show() {
    const { columns, empty } = this.#options;
    const { column, isDescending } = this.#sort;
    this.#heads.forEach((head, index) => {
      const order = isDescending ? "descending" : "ascending";
      head.setAttribute("aria-sort", index === column ? order : "none");
    });
    if (this.#rows.length === 0) {
      fill(this.#body, h("tr", {}, h("td", { colSpan: columns.length, class: "empty" }, empty)));
      return;
    }
    const sorted = sortedBy(this.#rows, columns[column].value, isDescending);
    this.#place(sorted);
  }

  #place(sorted) {
    const { columns, key } = this.#options;
    const existing = new Map([...this.#body.rows].map((row) => [row.dataset.key, row]));
    sorted.forEach((row, index) => {
      const id = key(row);
      const element = existing.get(id) ?? h("tr", { "data-key": id });
      existing.delete(id);
      columns.forEach(({ value, cell, isNumber, wraps }, i) => {
        const td = element.cells[i] ??
          element.appendChild(h("td", { class: isNumber ? "number" : wraps ? "wrap" : "" }));
        const content = cell === undefined ? value(row) : cell(row);
        update(td, content);
      });
      if (this.#body.rows[index] !== element) {
        this.#body.insertBefore(element, this.#body.rows[index] ?? null);
      }
    });
    for (const gone of existing.values()) gone.remove();
  }
}

/** Texts change in place; elements only where they say something else, so that a focused link stays. */
function update(td, content) {
  if (content instanceof Node) {
    const old = td.firstChild;
    if (td.childNodes.length !== 1 || !old.isEqualNode(content)) td.replaceChildren(content);
    return;
  }
  const text = content === undefined || content === null ? "–" : String(content);
  if (td.textContent !== text || td.firstElementChild !== null) td.textContent = text;
}
