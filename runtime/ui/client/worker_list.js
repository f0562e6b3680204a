import { json, sendJson } from "./api.js";
import { bar } from "./bar.js";
import { fill, h } from "./dom.js";
import { byteSize, milliseconds, percent } from "./format.js";
import { announceProblem } from "./problems.js";
import { SortedTable } from "./table.js";

/** The pool: who works, how it is chosen, and who waits. */
export class WorkerList {
  #queue = h("span", { class: "value" }, "–");
  #strategy;
  #table = new SortedTable({
    caption: "Workers",
    key: ({ id }) => String(id),
    empty: () => "No worker yet: the first one starts with the first run that needs one",
    columns: [
      { title: "Worker", value: ({ id }) => id },
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
        title: "In/s",
        isNumber: true,
        value: (row) => row.in_bytes_per_second,
        cell: (row) => byteSize(row.in_bytes_per_second),
      },
      {
        title: "Out/s",
        isNumber: true,
        value: (row) => row.out_bytes_per_second,
        cell: (row) => byteSize(row.out_bytes_per_second),
      },
      { title: "In flight", isNumber: true, value: ({ inflight }) => inflight },
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
