import { type SkerryError, skerryError } from "../errors.ts";
import type { Limits } from "../isolate/limits.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";

const PAGES_PER_MB = 16;

/**
 * The error a client gets for a run that did not end well; undefined for one that did. The trap's message stays in the
 * log: it is the engine's, not Skerry's.
 *
 * @param route names the function in the message
 */
export function outcomeError(
  route: string,
  result: RunResult,
  limits: Limits,
): SkerryError | undefined {
  const { outcome } = result;
  const attempt = `Cannot answer from ${route}:`;
  switch (outcome.kind) {
    case "ok":
      return undefined;
    case "exited":
    case "trapped":
      return endedError(attempt, outcome);
    case "fuel_exhausted":
      return fuelError(attempt, result.fuel, limits.fuel);
    case "memory_exceeded":
      return memoryError(attempt, limits.memoryPages);
    case "timeout":
      return skerryError("timeout", `${attempt} it ran longer than ${limits.timeoutMs} ms`, {
        timeout_ms: limits.timeoutMs,
      });
    case "output_too_large":
      return skerryError(
        "bad_function_output",
        `${attempt} it wrote more than ${limits.stdoutBytes} bytes to standard output`,
        { limit: limits.stdoutBytes },
      );
    case "cancelled":
      return skerryError("shutting_down", `${attempt} the run was cancelled`);
  }
}

function endedError(
  attempt: string,
  outcome: Extract<Outcome, { kind: "exited" | "trapped" }>,
): SkerryError {
  if (outcome.kind === "exited") {
    return skerryError("function_exited", `${attempt} it exited with code ${outcome.exitCode}`, {
      exit_code: outcome.exitCode,
    });
  }
  const trap = outcome.trap.replaceAll("_", " ");
  return skerryError("function_trapped", `${attempt} it trapped (${trap})`, { trap: outcome.trap });
}

function fuelError(attempt: string, used: number, limit: number): SkerryError {
  return skerryError("fuel_exhausted", `${attempt} it used ${used} of ${limit} units of fuel`, {
    fuel_limit: limit,
    fuel_used: used,
  });
}

function memoryError(attempt: string, limitPages: number): SkerryError {
  const limitMb = limitPages / PAGES_PER_MB;
  return skerryError("memory_exceeded", `${attempt} it needed more than ${limitMb} MB of memory`, {
    memory_limit_mb: limitMb,
  });
}
