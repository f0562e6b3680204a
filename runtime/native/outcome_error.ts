import { type ErrorCode, type SkerryError, skerryError } from "../errors.ts";
import { hasSucceeded, type NativeOutcome, type NativeStep, signalName } from "./outcome.ts";

/** What the three steps that run the library's code are called in errors. */
const DURING: Readonly<Record<NativeStep, string>> = {
  load: " while it was loaded",
  execute: "",
  unload: " while it was unloaded",
};

/**
 * The error an HTTP client gets for a call that did not end well; undefined for one that did. What the loader or a hook
 * said may name paths of the host, so that is left to the log.
 *
 * @param name The function's, for the message.
 */
export function nativeError(
  name: string,
  outcome: NativeOutcome,
): SkerryError | undefined {
  if (hasSucceeded(outcome)) return undefined;
  const { code, words, details } = explain(outcome);
  const during = "step" in outcome ? DURING[outcome.step] : "";
  return skerryError(code, `Cannot answer from ${name}: ${words}${during}`, details);
}

interface Explanation {
  readonly code: ErrorCode;
  readonly words: string;
  readonly details?: SkerryError["details"];
}

function explain(outcome: NativeOutcome): Explanation {
  switch (outcome.kind) {
    case "signalled": {
      const signal = signalName(outcome.signal);
      const details = { trap: "signal", signal };
      return { code: "function_trapped", words: `it ended by ${signal}`, details };
    }
    case "ok":
    case "exited": {
      const exitCode = outcome.kind === "exited" ? outcome.exitCode : 0;
      const details = { exit_code: exitCode };
      return { code: "function_exited", words: `it exited with code ${exitCode}`, details };
    }
    case "timeout": {
      const words = `it ran longer than ${outcome.timeoutMs} ms`;
      return { code: "timeout", words, details: { timeout_ms: outcome.timeoutMs } };
    }
    case "cpu_exceeded": {
      const words = `it used more than ${outcome.cpuSeconds} s of processor time`;
      return { code: "cpu_exceeded", words, details: { cpu_limit_s: outcome.cpuSeconds } };
    }
    case "output_too_large": {
      const words = `it wrote more than ${outcome.outputBytes} bytes to a file`;
      return { code: "bad_function_output", words, details: { limit: outcome.outputBytes } };
    }
    default:
      return FAILURES[outcome.kind];
  }
}

const FAILURES: Readonly<
  Record<
    | "refused"
    | "load_failed"
    | "function_missing"
    | "hook_failed"
    | "output_lost"
    | "overloaded"
    | "stopping"
    | "unavailable",
    Explanation
  >
> = {
  refused: { code: "invalid_config", words: "its library may not be called" },
  load_failed: { code: "invalid_module", words: "its library cannot be loaded" },
  function_missing: { code: "invalid_module", words: "its library has no such function" },
  output_lost: { code: "native_unavailable", words: "what it printed could not all be written" },
  hook_failed: { code: "forbidden", words: "a hook refused the call" },
  overloaded: { code: "overloaded", words: "too many calls wait" },
  stopping: { code: "shutting_down", words: "the server is stopping" },
  unavailable: { code: "native_unavailable", words: "native calls are not to be had now" },
};
