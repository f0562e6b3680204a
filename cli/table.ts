import { printable } from "./printable.ts";
import { plainPaint, type Terminal, type Tone } from "./terminal.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** @default left */
  readonly align?: "left" | "right";
  /** Whether its cells may be cut short where the terminal is narrow. @default false */
  readonly shrinks?: boolean;
}

/** One cell: text, and what it means. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = "  ";
const MIN_SHRUNK = 8;

/**
 * Lays rows out in columns, with titles above. Where the terminal is too narrow, the widest of the columns that may shrink
 * are cut short.
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 *
 * const columns = [{ title: "NAME" }, { title: "SIZE", align: "right" }] as const;
 * console.log(table(columns, [["hello", "612 B"]]).join("\n"));
 * ```
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  terminal: Pick<Terminal, "columns" | "paint"> = { columns: undefined, paint: plainPaint },
): string[] {
  const cells = rows.map((row) => row.map((cell) => printable(textOf(cell))));
  const widths = fit(naturalWidths(columns, cells), columns, terminal.columns);
  const titles = columns.map(({ title }, at) => placed(title, widths[at]!, columns[at]!));
  const lines = rows.map((row, line) =>
    row.map((cell, at) => {
      const text = placed(cells[line]![at]!, widths[at]!, columns[at]!);
      return typeof cell === "string" ? text : terminal.paint(text, cell.tone);
    })
  );
  return [titles.map((title) => terminal.paint(title, "faint")), ...lines]
    .map((line) => line.join(GAP).trimEnd());
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function naturalWidths(columns: readonly Column[], cells: readonly (readonly string[])[]) {
  return columns.map(({ title }, at) =>
    cells.reduce((width, row) => Math.max(width, lengthOf(row[at]!)), title.length)
  );
}

/** Takes from the widest column that may shrink, character by character, until all fit. */
function fit(widths: number[], columns: readonly Column[], available = Infinity): number[] {
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - available;
  while (excess-- > 0) {
    let widest = -1;
    columns.forEach(({ shrinks, title }, at) => {
      const floor = Math.max(MIN_SHRUNK, title.length);
      if (shrinks && widths[at]! > Math.max(floor, widths[widest] ?? 0)) widest = at;
    });
    if (widest === -1) return widths;
    widths[widest]!--;
  }
  return widths;
}

function placed(text: string, width: number, { align }: Column): string {
  const padding = " ".repeat(Math.max(0, width - lengthOf(text)));
  const cut = lengthOf(text) <= width ? text : [...text].slice(0, width - 1).join("") + "…";
  return align === "right" ? padding + cut : cut + padding;
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}
