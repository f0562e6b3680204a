import { type ProgressOptions, standardError } from "../progress.ts";
import { formatCount, formatMs } from "../units.ts";
import type { LoadPlan, LoadTally } from "./run_load.ts";

const FRAME_MS = 250;
/** Where lines cannot be written over, fewer of them. */
const LINE_MS = 5000;
const CLEAR_LINE = "\r\u001b[K";

/**
 * Shows how far load has come until the function it returns is called: on a terminal in one line, which then goes; elsewhere in a
 * line every five seconds.
 */
export function showProgress(
  tally: LoadTally,
  plan: LoadPlan,
  { terminal, write, now, every }: ProgressOptions = standardError(),
): () => void {
  const { isInteractive } = terminal;
  let last = { atMs: now(), answered: 0 };
  const stop = every(isInteractive ? FRAME_MS : LINE_MS, () => {
    const atMs = now();
    const perSecond = (tally.answered - last.answered) * 1000 / (atMs - last.atMs);
    last = { atMs, answered: tally.answered };
    const line = progressLine(tally, plan, perSecond, atMs);
    write(isInteractive ? CLEAR_LINE + line : `${line}\n`);
  });
  return () => {
    stop();
    if (isInteractive) write(CLEAR_LINE);
  };
}

function progressLine(tally: LoadTally, plan: LoadPlan, perSecond: number, nowMs: number): string {
  const { requests, durationMs } = plan;
  const elapsedMs = nowMs - tally.startMs;
  const failures = [...tally.outcomes.values()]
    .reduce((sum, { count, isSuccess }) => sum + (isSuccess ? 0 : count), 0);
  return [
    durationMs === undefined
      ? formatMs(elapsedMs)
      : `${formatMs(elapsedMs)} of ${formatMs(durationMs)}`,
    `${formatCount(tally.answered)}${
      requests === undefined ? "" : ` of ${formatCount(requests)}`
    } requests`,
    `${formatCount(perSecond)}/s`,
    `p99 ${formatMs(tally.latencies.percentileMs(99))}`,
    ...failures === 0 ? [] : [`${formatCount(failures)} failed`],
  ].join("  ");
}
