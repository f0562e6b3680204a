import { LatencyHistogram } from "./latency_histogram.ts";

/** One histogram of a metric, and the function it is about, if it is about one. */
export interface HistogramRow {
  readonly function?: string;
  readonly histogram: LatencyHistogram;
}

/** The bounds of all histograms, seconds; writing a fraction takes longer than all else of a line. */
const BOUNDS = new LatencyHistogram().cumulative().map(({ boundMs }) => String(boundMs / 1000));

/**
 * Histograms in Prometheus' text format. prom-client takes 10 µs for each line, and a thousand functions have thirty
 * thousand lines: the thread that serves HTTP would stand still for a third of a second at every scrape.
 */
export function histogramText(name: string, help: string, rows: readonly HistogramRow[]): string {
  const parts = [`# HELP ${name} ${help}\n# TYPE ${name} histogram\n`];
  for (const row of rows) parts.push(rowText(name, row));
  return parts.join("");
}

function rowText(name: string, { function: route, histogram }: HistogramRow): string {
  const label = route === undefined ? "" : `function="${escaped(route)}"`;
  const bucketEnd = label === "" ? '"} ' : `",${label}} `;
  const labels = label === "" ? " " : `{${label}} `;
  const bucket = `${name}_bucket{le="`;
  let text = "";
  histogram.cumulative().forEach(({ count }, i) => {
    text += bucket + BOUNDS[i] + bucketEnd + count + "\n";
  });
  return text + bucket + "+Inf" + bucketEnd + histogram.count + "\n" +
    `${name}_sum${labels}${histogram.sumMs / 1000}\n${name}_count${labels}${histogram.count}\n`;
}

/** A label's value as the format has it. */
function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => character === "\n" ? "\\n" : `\\${character}`);
}
