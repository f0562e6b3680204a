import type { NativeLimits } from "./limits.ts";
import { endedOutcome, type NativeOutcome, type NativeStep } from "./outcome.ts";
import type { ChildReport, Stage } from "./zygote/messages.ts";

/** The stages in which the library's own code runs. */
const STEPS: Partial<Record<Stage, NativeStep>> = {
  loading: "load",
  executing: "execute",
  unloading: "unload",
};

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
    case "load_failed":
    case "function_missing":
      return { kind: stage, reason };
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
