/** What a benchmark reports, and how that is printed. */
import { median } from "./measure.ts";
import { formatNumber, formatTable } from "./table.ts";

/** How much to measure: for the record, for a first look, or only to see that the benchmark works. */
export type Size = "full" | "quick" | "tiny";

/** A question and how to answer it. */
export interface Bench {
  /** Its name on the command line. */
  readonly name: string;
  readonly question: string;
  /** Checks the answers, then measures. Rejects if an answer is wrong. */
  readonly run: (size: Size) => Promise<Report>;
}

/** The answer to a benchmark's question. */
export interface Report {
  readonly rows: readonly Row[];
  readonly targets: readonly Target[];
  /** Sentences a reader of the numbers needs. */
  readonly notes: readonly string[];
}

/** One variant and what was measured, one value a round. */
export interface Row {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Its median relative to the variant it is compared with. */
  readonly ratio?: number;
}

/** A number to reach. */
export interface Target {
  /** What the number is. */
  readonly claim: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
}

/** Whether a target is met. A value that is not a number meets none. */
export function isMet({ value, bound, limit }: Target): boolean {
  return bound === "at most" ? value <= limit : value >= limit;
}

/** A row with the ratio of its median to that of `reference`. */
export function relativeTo(reference: Row, row: Row): Row {
  return { ...row, ratio: median(row.values) / median(reference.values) };
}

/** A report as text: the table, the targets, the notes. */
export function formatReport(question: string, report: Report): string {
  const sections = [
    `## ${question}`,
    formatRows(report.rows),
    report.targets.map(formatTarget).join("\n"),
    report.notes.map((note) => `- ${note}`).join("\n"),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function formatRows(rows: readonly Row[]): string {
  const hasRatios = rows.some(({ ratio }) => ratio !== undefined);
  const header = ["variant", "median", ...hasRatios ? ["ratio"] : [], "rounds"];
  const cells = rows.map(({ label, unit, values, ratio }) => [
    label,
    withUnit(median(values), unit),
    ...hasRatios ? [ratio === undefined ? "" : formatNumber(ratio)] : [],
    values.map(formatNumber).join(" "),
  ]);
  return formatTable(header, cells);
}

function formatTarget(target: Target): string {
  const { claim, value, unit, bound, limit } = target;
  const verdict = isMet(target) ? "met" : "NOT MET";
  return `- ${verdict}: ${claim}: ${withUnit(value, unit)} (${bound} ${limit}${
    unit && ` ${unit}`
  })`;
}

function withUnit(value: number, unit: string): string {
  return unit === "" ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}
