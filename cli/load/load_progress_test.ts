import { assertEquals } from "@std/assert";
import { plainPaint } from "../terminal.ts";
import { showProgress } from "./load_progress.ts";
import { LoadTally } from "./run_load.ts";

/** Progress of which the test is the clock. */
function shown(isInteractive: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  let tick: (() => void) | undefined;
  const tally = new LoadTally(0, false);
  const stop = showProgress(tally, { clients: 1, requests: 4, durationMs: 60_000 }, {
    terminal: { isInteractive, columns: undefined, paint: plainPaint },
    write: (text) => void written.push(text),
    now: () => nowMs,
    every(ms, callback) {
      tick = () => {
        nowMs += ms;
        callback();
      };
      return () => tick = undefined;
    },
  });
  const answer = (isSuccess: boolean) =>
    tally.add({ label: String(isSuccess), isSuccess }, { intendedMs: 0, sentMs: 0, doneMs: 5 });
  return { written, answer, stop, tick: () => tick?.() };
}

Deno.test("On a terminal one line is written over, and goes at the end", () => {
  const { written, answer, stop, tick } = shown(true);
  answer(true);
  tick();
  answer(false);
  tick();
  stop();
  tick();
  assertEquals(written, [
    "\r\u001b[K250 ms of 1 m 0 s  1 of 4 requests  4/s  p99 5.00 ms",
    "\r\u001b[K500 ms of 1 m 0 s  2 of 4 requests  4/s  p99 5.00 ms  1 failed",
    "\r\u001b[K",
  ]);
});

Deno.test("Elsewhere there is a line every five seconds", () => {
  const { written, answer, stop, tick } = shown(false);
  for (let n = 0; n < 4; n++) answer(true);
  tick();
  stop();
  assertEquals(written, ["5.00 s of 1 m 0 s  4 of 4 requests  1/s  p99 5.00 ms\n"]);
});
