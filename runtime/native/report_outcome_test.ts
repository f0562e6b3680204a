import { assertEquals } from "@std/assert";
import { DEFAULT_NATIVE_LIMITS } from "./limits.ts";
import { describeOutcome, hasExecuted, hasSucceeded } from "./outcome.ts";
import { reportOutcome } from "./report_outcome.ts";
import type { ChildReport } from "./zygote/messages.ts";

const REPORT: ChildReport = {
  kind: "ended",
  id: 1,
  stage: "executing",
  exitCode: 0,
  signal: 0,
  isTimedOut: false,
  message: "",
  stderr: "",
  runMs: 1,
  cpuMs: 1,
};

/** What is reported, what it is told as, whether the function was called, and whether it did well. */
const CASES: readonly (readonly [Partial<ChildReport>, string, boolean, boolean])[] = [
  [{ stage: "done" }, "ok", true, true],
  [{ exitCode: 0 }, "exit status 0", true, true],
  [{ exitCode: 3 }, "exit status 3", true, false],
  [{ stage: "loading", exitCode: 0 }, "exit status 0 (while loading)", false, false],
  [{ stage: "unloading", signal: 6 }, "Aborted (while unloading)", true, false],
  [{ signal: 11 }, "Segmentation fault", true, false],
  [{ signal: 9 }, "Killed", true, false],
  [{ signal: 9, isTimedOut: true }, "timed out after 5000 ms", true, false],
  [{ signal: 9, cpuMs: 6000 }, "used more than 5 s of processor time", true, false],
  [{ signal: 24 }, "used more than 5 s of processor time", true, false],
  [{ signal: 25 }, "wrote more than 10485760 bytes", true, false],
  [{ signal: 60 }, "Signal 60", true, false],
  [{ stage: "load_failed", message: "no \u00c3\u00bc" }, "no ü", false, false],
  [{ stage: "function_missing", message: "undefined" }, "undefined", false, false],
  [{ stage: "function_missing" }, "the library has no such function of its own", false, false],
  [{ stage: "output_lost" }, "what it printed could not all be written", true, false],
  [{ stage: "setup_failed" }, "the output file is gone", false, false],
  [
    { stage: "forked", signal: 11 },
    "the process ended before it reached the library",
    false,
    false,
  ],
];

Deno.test("a child's report becomes the outcome of its call", () => {
  for (const [report, text, wasCalled, isWell] of CASES) {
    const outcome = reportOutcome({ ...REPORT, ...report }, DEFAULT_NATIVE_LIMITS);
    assertEquals(describeOutcome(outcome), text);
    assertEquals([hasExecuted(outcome), hasSucceeded(outcome)], [wasCalled, isWell], text);
  }
});
