import { fill, h } from "./dom.js";
import { moving } from "./pausing.js";

/**
 * The newest entries of something that grows, however quickly: what comes between two pictures of the screen is
 * shown at once, and older entries than the last so many are gone.
 *
 * @param {{label: string, empty: string, max: number, entry: (each: any) => HTMLElement}} options
 */
export class Tail {
  #options;
  #waiting = [];
  #list;
  #empty;
  element;

  constructor(options) {
    this.#options = options;
    this.#list = h("ol", {
      class: "log",
      tabIndex: 0,
      role: "log",
      // Read when asked for: whoever listens would hear nothing else where much is written.
      "aria-live": "off",
      "aria-label": options.label,
    });
    this.#empty = h("p", { class: "empty" }, options.empty);
    this.element = fill(h("div"), this.#empty, this.#list);
  }

  add(entry) {
    // Pages in the background are not drawn, for hours maybe.
    if (this.#waiting.length >= this.#options.max) this.#waiting.shift();
    if (this.#waiting.push(entry) > 1) return;
    moving().then(() => requestAnimationFrame(() => this.#show()));
  }

  #show() {
    const [list, { max, entry }] = [this.#list, this.#options];
    this.#empty.remove();
    // Whoever has scrolled up reads; the others follow.
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    list.append(...this.#waiting.splice(0).map(entry));
    while (list.childElementCount > max) list.firstElementChild.remove();
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }
}
