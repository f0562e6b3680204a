import { createHash } from "node:crypto";
import UPLOT_CSS from "uplot/dist/uPlot.min.css" with { type: "text" };
import UPLOT_JS from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import ACTIVITY_CHARTS_JS from "./client/activity_charts.js" with { type: "text" };
import ACTIVITY_HISTORY_JS from "./client/activity_history.js" with { type: "text" };
import API_JS from "./client/api.js" with { type: "text" };
import BAR_JS from "./client/bar.js" with { type: "text" };
import CHART_JS from "./client/chart.js" with { type: "text" };
import CONFIRMING_JS from "./client/confirming.js" with { type: "text" };
import DOM_JS from "./client/dom.js" with { type: "text" };
import EVENTS_JS from "./client/events.js" with { type: "text" };
import FORMAT_JS from "./client/format.js" with { type: "text" };
import FUNCTION_LIST_JS from "./client/function_list.js" with { type: "text" };
import ICON_SVG from "./client/icon.svg" with { type: "text" };
import MAIN_JS from "./client/main.js" with { type: "text" };
import DEPLOY_JS from "./client/pages/deploy.js" with { type: "text" };
import FUNCTION_JS from "./client/pages/function.js" with { type: "text" };
import LOCKS_JS from "./client/pages/locks.js" with { type: "text" };
import OVERVIEW_JS from "./client/pages/overview.js" with { type: "text" };
import ROUTES_JS from "./client/pages/routes.js" with { type: "text" };
import PAUSING_JS from "./client/pausing.js" with { type: "text" };
import POLL_JS from "./client/poll.js" with { type: "text" };
import PROBLEMS_JS from "./client/problems.js" with { type: "text" };
import SERIES_JS from "./client/series.js" with { type: "text" };
import SORTING_JS from "./client/sorting.js" with { type: "text" };
import STYLE_CSS from "./client/style.css" with { type: "text" };
import TABLE_JS from "./client/table.js" with { type: "text" };
import TAIL_JS from "./client/tail.js" with { type: "text" };
import VISIBILITY_JS from "./client/visibility.js" with { type: "text" };
import WORKER_LIST_JS from "./client/worker_list.js" with { type: "text" };

/** A file of the dashboard, as it is served. */
export interface Asset {
  readonly contentType: string;
  readonly text: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Every file by its path below `/_/ui/`; the browser loads them as they are, so there is nothing to build. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(
  Object.entries({
    "activity_charts.js": ACTIVITY_CHARTS_JS,
    "activity_history.js": ACTIVITY_HISTORY_JS,
    "api.js": API_JS,
    "bar.js": BAR_JS,
    "chart.js": CHART_JS,
    "confirming.js": CONFIRMING_JS,
    "dom.js": DOM_JS,
    "events.js": EVENTS_JS,
    "format.js": FORMAT_JS,
    "function_list.js": FUNCTION_LIST_JS,
    "icon.svg": ICON_SVG,
    "main.js": MAIN_JS,
    "pages/deploy.js": DEPLOY_JS,
    "pages/function.js": FUNCTION_JS,
    "pages/locks.js": LOCKS_JS,
    "pages/overview.js": OVERVIEW_JS,
    "pages/routes.js": ROUTES_JS,
    "pausing.js": PAUSING_JS,
    "poll.js": POLL_JS,
    "problems.js": PROBLEMS_JS,
    "series.js": SERIES_JS,
    "sorting.js": SORTING_JS,
    "style.css": STYLE_CSS,
    "table.js": TABLE_JS,
    "tail.js": TAIL_JS,
    "uplot.css": UPLOT_CSS,
    "uplot.js": UPLOT_JS,
    "visibility.js": VISIBILITY_JS,
    "worker_list.js": WORKER_LIST_JS,
  }).map(([path, text]) => [path, assetOf(path, text)]),
);

function assetOf(path: string, text: string): Asset {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return { contentType: TYPES[extension]!, text, etag: `"${digest}"` };
}
