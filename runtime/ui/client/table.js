import { fill, h, loading } from "./dom.js";
import { sortedBy } from "./sorting.js";

/** More are shown when asked for: a page of ten thousand rows, every second anew, helps nobody. */
const MAX_ROWS = 250;
const hovers = matchMedia("(hover: hover)");

/**
 * A table whose columns sort. `update` keeps rows that are still there, so that neither focus nor scrolling is lost,
 * and moves none while somebody points at one or has the focus in one.
 *
 * @param {{caption: string, columns: readonly {title: string, name?: string, value?: (row: any) => any, cell?: (row: any) => unknown, isNumber?: boolean, wraps?: boolean}[], key: (row: any) => string, sort?: {column: number, isDescending: boolean}, empty: () => unknown}} options
 *   A column without `value` does not sort, and one without a title needs a `name`
 */
export class SortedTable {
  #options;
  #sort;
  #rows;
  #max = MAX_ROWS;
  #body = h("tbody");
  #more = h("p", { class: "tools more" });
  #heads;
  element;

  constructor(options) {
    this.#options = options;
    this.#sort = options.sort ?? { column: 0, isDescending: false };
    this.#heads = options.columns.map((column, index) => this.#head(column, index));
    const { caption } = options;
    const table = h(
      "table",
      {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, this.#heads)),
      this.#body,
    );
    const region = { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption };
    this.element = h("div", {}, h("div", region, table), this.#more);
    this.#show();
  }

  /** @param {readonly any[]} rows */
  update(rows) {
    this.#rows = rows;
    this.#show();
  }

  #head({ title, name, value, isNumber }, index) {
    const attributes = { scope: "col", class: isNumber ? "number" : "" };
    if (value === undefined) return h("th", attributes, h("span", { class: "hidden" }, name));
    const sort = () => {
      const isSame = this.#sort.column === index;
      this.#sort = { column: index, isDescending: isSame ? !this.#sort.isDescending : !!isNumber };
      this.#show();
    };
    return h(
      "th",
      attributes,
      h("button", { type: "button", class: "sort", onclick: sort }, title),
    );
  }

  #show() {
    const { columns, empty } = this.#options;
    const { column, isDescending } = this.#sort;
    this.#heads.forEach((head, index) => {
      const order = isDescending ? "descending" : "ascending";
      if (index === column) head.setAttribute("aria-sort", order);
      else head.removeAttribute("aria-sort");
    });
    if (!this.#rows?.length) {
      const content = this.#rows === undefined ? loading() : empty();
      fill(this.#body, h("tr", {}, h("td", { colSpan: columns.length, class: "empty" }, content)));
      return this.#tellOfMore();
    }
    const sorted = sortedBy(this.#rows, columns[column].value, isDescending);
    const existing = new Map([...this.#body.rows].map((row) => [row.dataset.key, row]));
    this.#place(this.#isHeld() ? this.#asTheyStand(sorted, existing) : sorted, existing);
    this.#tellOfMore();
  }

  /** A row that somebody is about to click must not go. */
  #isHeld() {
    const isPointedAt = hovers.matches && this.#body.matches(":hover");
    return isPointedAt || this.#body.contains(document.activeElement);
  }

  #asTheyStand(sorted, existing) {
    const places = new Map([...existing.keys()].map((key, place) => [key, place]));
    const placeOf = (row) => places.get(this.#options.key(row)) ?? Infinity;
    return sortedBy(sorted, placeOf, false);
  }

  #place(rows, existing) {
    const { key } = this.#options;
    rows.slice(0, this.#max).forEach((row, index) => {
      const id = key(row);
      const element = existing.get(id) ?? h("tr", { "data-key": id });
      existing.delete(id);
      this.#write(row, element);
      if (this.#body.rows[index] !== element) {
        this.#body.insertBefore(element, this.#body.rows[index] ?? null);
      }
    });
    for (const gone of existing.values()) gone.remove();
    for (const row of [...this.#body.rows]) if (row.dataset.key === undefined) row.remove();
  }

  #write(row, element) {
    this.#options.columns.forEach(({ value, cell, isNumber, wraps }, i) => {
      const className = isNumber ? "number" : wraps ? "wrap" : "";
      const td = element.cells[i] ?? element.appendChild(h("td", { class: className }));
      update(td, cell === undefined ? value(row) : cell(row));
    });
  }

  #tellOfMore() {
    const total = this.#rows?.length ?? 0;
    if (total <= this.#max) return fill(this.#more);
    const text = `The first ${this.#max} of ${total} in this order. `;
    if (this.#more.firstChild?.textContent === text) return;
    const all = () => {
      this.#max = Infinity;
      this.#show();
    };
    fill(
      this.#more,
      h("span", {}, text),
      h("button", { type: "button", onclick: all }, "Show all"),
    );
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
