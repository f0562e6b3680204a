import { ActivityCharts } from "../activity_charts.js";
import { ActivityHistory, noteFunctions } from "../activity_history.js";
import { follow, json } from "../api.js";
import { fill, h } from "../dom.js";
import { FunctionList } from "../function_list.js";
import { isPaused } from "../pausing.js";
import { poll } from "../poll.js";
import { announceProblem, announceRefusal } from "../problems.js";
import { WorkerList } from "../worker_list.js";

/** How often the list of functions itself is fetched; their numbers come every second. */
const LIST_MS = 5000;
/** Statistics come every second. */
const SILENCE_MS = 8000;

/** Kept while other pages are shown, with what was looked for and how it was sorted. */
const HISTORY = new ActivityHistory();
let functions;

/** What runs, how fast, and where it hurts. */
export function overviewPage(root, { signal }) {
  const charts = new ActivityCharts(HISTORY);
  functions ??= new FunctionList();
  const workers = new WorkerList(signal);
  fill(
    root,
    h("h1", {}, "Overview"),
    charts.element,
    section("functions", "Functions", functions.element),
    section("workers", "Workers", workers.element),
  );
  signal.addEventListener("abort", () => charts.destroy());
  const list = async (signal) => {
    const [listed, stats] = await Promise.all([
      json("/_/functions", { signal }),
      json("/_/stats", { signal }),
    ]);
    functions.setFunctions(listed.functions, stats.functions);
  };
  poll(list, { everyMs: LIST_MS, signal, onProblem: announceRefusal });
  follow("/_/stats", {
    signal,
    silenceMs: SILENCE_MS,
    // The charts of whoever comes back from another tab have no gap.
    whileHidden: true,
    onEvent(stats) {
      HISTORY.add(stats.time, stats);
      noteFunctions(stats);
      charts.draw();
      if (isPaused()) return;
      functions.addActivity(stats.functions);
      workers.show(stats);
    },
  }).catch(announceProblem);
}

function section(id, title, content) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}
