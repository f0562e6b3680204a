import { printable } from "../printable.ts";
import { table } from "../table.ts";
import type { Paint, Terminal } from "../terminal.ts";
import { formatCount, formatMs } from "../units.ts";
import type { Latencies } from "./latencies.ts";
import type { LoadPlan, LoadTally } from "./run_load.ts";

const PERCENTILES = [50, 90, 99, 99.9] as const;
/** Less than this part of the rate that was asked for is worth a word. */
const KEPT_PACE = 0.98;
const PLAIN_BAR_WIDTH = 40;
const MAX_BAR_WIDTH = 60;
/** What stands beside a bar. */
const BAR_MARGIN = 38;

/** What is told about load that has ended. */
export interface LoadReport {
  readonly title: string;
  readonly plan: LoadPlan;
  readonly tally: LoadTally;
}

/** For people: throughput, latencies, outcomes, and a histogram. */
export function reportLines(report: LoadReport, terminal: Pick<Terminal, "columns" | "paint">) {
  const { plan, tally } = report;
  const { paint } = terminal;
  return [
    ...throughputLines(report, paint),
    "",
    ...latencyLines(plan, tally),
    "",
    ...outcomeLines(tally, paint),
    "",
    ...histogramLines(tally.latencies, terminal),
  ];
}

function throughputLines({ title, plan, tally }: LoadReport, paint: Paint): string[] {
  const perSecond = requestsPerSecond(tally);
  const clients = plan.clients === 1 ? "1 client" : `${formatCount(plan.clients)} clients`;
  const lines = [
    printable(title),
    `${formatCount(tally.answered)} requests by ${clients} in ${
      formatMs(tally.endMs - tally.startMs)
    }`,
    paint(`${formatCount(perSecond)} requests per second`, "strong"),
  ];
  const { ratePerSecond } = plan;
  if (ratePerSecond !== undefined && perSecond < ratePerSecond * KEPT_PACE) {
    const asked = `${formatCount(ratePerSecond)} per second were asked for`;
    lines.push(paint(`${asked}: the answers, or this injector, were too slow`, "busy"));
  }
  return lines;
}

function latencyLines({ ratePerSecond }: LoadPlan, { latencies, service }: LoadTally): string[] {
  const hasRate = ratePerSecond !== undefined;
  const columns = [
    { title: "" },
    { title: "LATENCY", align: "right" },
    ...hasRate ? [{ title: "ONCE SENT", align: "right" } as const] : [],
  ] as const;
  const rows = Object.keys(latencyJson(latencies)).map((name) => [
    name,
    formatMs(latencyJson(latencies)[name]!),
    ...hasRate ? [formatMs(latencyJson(service)[name]!)] : [],
  ]);
  const note = "from when a request was meant to be sent; a stall counts for all that it delays";
  return [...table(columns, rows), ...hasRate ? [note] : []];
}

function outcomeLines({ outcomes, answered }: LoadTally, paint: Paint): string[] {
  const rows = [...outcomes].toSorted(([, a], [, b]) => b.count - a.count)
    .map(([label, { count, isSuccess }]) => [
      { text: label, tone: isSuccess ? "good" as const : "bad" as const },
      formatCount(count),
      `${(100 * count / answered).toFixed(1)} %`,
    ]);
  const columns = [
    { title: "OUTCOME" },
    { title: "COUNT", align: "right" },
    { title: "", align: "right" },
  ] as const;
  return table(columns, rows, { columns: undefined, paint });
}

/** Latencies as bars, on a logarithmic scale. */
export function histogramLines(
  latencies: Latencies,
  { columns }: Pick<Terminal, "columns">,
): string[] {
  const bars = latencies.bars();
  const width = columns === undefined
    ? PLAIN_BAR_WIDTH
    : Math.min(MAX_BAR_WIDTH, Math.max(1, columns - BAR_MARGIN));
  const most = Math.max(...bars.map(({ count }) => count));
  return bars.map(({ fromMs, toMs, count }) => {
    const range = `${formatMs(fromMs).padStart(8)} – ${formatMs(toMs).padEnd(8)}`;
    return `${range} ${formatCount(count).padStart(10)}  ${bar(count / most * width)}`.trimEnd();
  });
}

const EIGHTHS = " ▏▎▍▌▋▊▉";

/** A bar of this many characters, drawn in eighths; never quite nothing for something. */
function bar(length: number): string {
  if (length === 0) return "";
  const eighths = Math.max(1, Math.round(length * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!.trim();
}

/** For scripts. */
export function reportJson({ title, plan, tally }: LoadReport) {
  const outcomes = [...tally.outcomes].map(([outcome, { count, isSuccess }]) => ({
    outcome,
    count,
    ok: isSuccess,
  }));
  return {
    target: title,
    clients: plan.clients,
    rate: plan.ratePerSecond ?? null,
    requests: tally.answered,
    duration_s: (tally.endMs - tally.startMs) / 1000,
    requests_per_second: requestsPerSecond(tally),
    latency_ms: latencyJson(tally.latencies),
    once_sent_ms: latencyJson(tally.service),
    outcomes,
    histogram: tally.latencies.bars().map(({ fromMs, toMs, count }) => ({
      from_ms: fromMs,
      to_ms: toMs,
      count,
    })),
  };
}

function latencyJson(latencies: Latencies): Record<string, number> {
  const percentiles = PERCENTILES.map((percent) =>
    [`p${percent}`, latencies.percentileMs(percent)] as const
  );
  return Object.fromEntries([
    ["mean", latencies.meanMs],
    ...percentiles,
    ["max", latencies.maxMs],
  ]);
}

function requestsPerSecond({ answered, startMs, endMs }: LoadTally): number {
  return answered === 0 ? 0 : answered * 1000 / Math.max(endMs - startMs, 0.001);
}
