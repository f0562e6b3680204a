import process from "node:process";

/** What is known of a standard stream that people may read. */
export interface Terminal {
  /** Whether it is a terminal, on which lines can be written over. */
  readonly isInteractive: boolean;
  /** Columns; undefined where lines may be as long as they are. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** A colour that means something; see {@linkcode Paint}. */
export type Tone = "good" | "bad" | "busy" | "faint" | "strong";

/** Gives text a tone, where colours are shown; returns it as it is elsewhere. */
export type Paint = (text: string, tone: Tone) => string;

const CODES: Readonly<Record<Tone, number>> = { good: 32, bad: 31, busy: 33, faint: 2, strong: 1 };
const DEFAULT_COLUMNS = 80;

/** Does not paint. */
export const plainPaint: Paint = (text) => text;

const ansiPaint: Paint = (text, tone) => `\u001b[${CODES[tone]}m${text}\u001b[0m`;

/** Looks at standard output or standard error. There is no colour with `NO_COLOR`, or where it is no terminal. */
export function terminalOf(name: "stdout" | "stderr"): Terminal {
  const stream = process[name];
  if (stream.isTTY !== true) {
    return { isInteractive: false, columns: undefined, paint: plainPaint };
  }
  return {
    isInteractive: true,
    columns: stream.columns || DEFAULT_COLUMNS,
    paint: process.env.NO_COLOR ? plainPaint : ansiPaint,
  };
}
