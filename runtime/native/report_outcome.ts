import type { NativeLimits } from "./limits.ts";
import { endedOutcome, type NativeOutcome, type NativeStep } from "./outcome.ts";
import type { ChildReport, Stage } from "./zygote/messages.ts";

/** The stages in which the library's own code runs. */
const STEPS: Partial<Record<Stage, NativeStep>> = {
  loading: "load",
  executing: "execute",
  unloading: "unload",
};

/** The loader has no words for a function that it found elsewhere. */
const NOT_ITS_OWN = "the library has no such function of its own";

const DECODER = new TextDecoder();

/** What a child's report means for its call. */
export function reportOutcome(report: ChildReport, limits: NativeLimits): NativeOutcome {
  const { stage } = report;
  const reason = binaryText(report.message);
  const step = STEPS[stage];
  if (step !== undefined) return endedOutcome({ ...report, step }, limits);
  switch (stage) {
    case "done":
      return { kind: "ok" };
    case "output_lost":
      return { kind: "output_lost", step: "execute" };
    case "load_failed":
    case "function_missing":
      return { kind: stage, reason: reason === "" ? NOT_ITS_OWN : reason };
    case "setup_failed":
      return { kind: "unavailable", reason: "the output file is gone" };
    default:
      return {
        kind: "unavailable",
        reason: reason === "" ? "the process ended before it reached the library" : reason,
      };
  }
}

function binaryText(binary: string): string {
  return DECODER.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
