/** Numbers and tables as text: aligned for the terminal, and Markdown for documents. */

/** A number with three significant digits; whole and with thousands separators from 1,000 on. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 999.5) return Math.round(value).toLocaleString("en-GB");
  return value === 0 ? "0" : value.toPrecision(3);
}

/** A Markdown table with aligned columns: the first and the last to the left, the others to the right. */
export function formatTable(header: readonly string[], rows: readonly string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length))
  );
  const isLeft = (column: number) => column === 0 || column === header.length - 1;
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      isLeft(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    isLeft(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
