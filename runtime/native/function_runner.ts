import type { RunNative } from "../functions/native_function.ts";
import type { NativeCaller } from "./native_caller.ts";
import { describeOutcome } from "./outcome.ts";
import { nativeError } from "./outcome_error.ts";

/** Calls libraries for functions; a version that is replaced meanwhile keeps its library until the call has ended. */
export function functionRunner(caller: Pick<NativeCaller, "callWithInput">): RunNative {
  return async (target, input, name) => {
    target.library.hold();
    try {
      const { outcome, stdout, stderr } = await caller.callWithInput(target, input);
      const error = nativeError(name, outcome);
      if (error === undefined) return { stdout, stderr };
      return { stdout, stderr, error, reason: describeOutcome(outcome) };
    } finally {
      target.library.release();
    }
  };
}
