import process from "node:process";
import { formatMs } from "./units.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** What {@linkcode withProgress} works with. */
export interface ProgressOptions {
  readonly terminal: Terminal;
  /** Writes to standard error, as it is. */
  readonly write: (text: string) => void;
  /** Milliseconds of any clock that goes forward. */
  readonly now: () => number;
  /** Calls back again and again, until the function it returns is called. */
  readonly every: (ms: number, callback: () => void) => () => void;
}

const PATIENCE_MS = 500;
const FRAME_MS = 100;
const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const CLEAR_LINE = "\r\u001b[K";

/**
 * Says that something takes a while, once it does: on a terminal with a turning wheel and the time so far, which go when it is
 * done; elsewhere as one line.
 *
 * @param label What is being done, e.g. `Building hello.c`
 */
export async function withProgress<T>(
  label: string,
  work: Promise<T>,
  { terminal, write, now, every }: ProgressOptions = standardError(),
): Promise<T> {
  const startMs = now();
  let frame = 0;
  const stop = every(FRAME_MS, () => {
    const elapsedMs = now() - startMs;
    if (elapsedMs < PATIENCE_MS) return;
    if (terminal.isInteractive) {
      const wheel = FRAMES[frame % FRAMES.length]!;
      write(`${CLEAR_LINE}${wheel} ${label} … ${formatMs(elapsedMs)}`);
    } else if (frame === 0) write(`${label} …\n`);
    frame++;
  });
  try {
    return await work;
  } finally {
    stop();
    if (frame > 0 && terminal.isInteractive) write(CLEAR_LINE);
  }
}

/** The standard error of this process, and its clock. */
export function standardError(): ProgressOptions {
  return {
    terminal: terminalOf("stderr"),
    write: (text) => void process.stderr.write(text),
    now: () => performance.now(),
    every(ms, callback) {
      const timer = setInterval(callback, ms);
      return () => clearInterval(timer);
    },
  };
}
