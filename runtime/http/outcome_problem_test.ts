import { assertEquals } from "@std/assert";
import type { SkerryError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import type { Outcome } from "../isolate/outcome.ts";
import { outcomeError } from "./outcome_problem.ts";

function errorOf(outcome: Outcome): SkerryError | undefined {
  const none = new Uint8Array(0);
  const result = { outcome, stdout: none, stderr: none, fuel: 7, memoryPages: 2 };
  return outcomeError("/x", result, { ...DEFAULT_LIMITS, fuel: 5, memoryPages: 24 });
}

Deno.test("a run that ended well is no error", () => {
  assertEquals(errorOf({ kind: "ok" }), undefined);
});

Deno.test("an exit tells its code", () => {
  assertEquals(errorOf({ kind: "exited", exitCode: 3 }), {
    code: "function_exited",
    message: "Cannot answer from /x: it exited with code 3",
    details: { exit_code: 3 },
  });
});

Deno.test("a trap tells its kind and not the engine's message", () => {
  const error = errorOf({ kind: "trapped", trap: "divide_by_zero", message: "at /home/x.wasm" });
  assertEquals(error, {
    code: "function_trapped",
    message: "Cannot answer from /x: it trapped (divide by zero)",
    details: { trap: "divide_by_zero" },
  });
});

Deno.test("exhausted fuel tells the budget and the use", () => {
  assertEquals(errorOf({ kind: "fuel_exhausted" }), {
    code: "fuel_exhausted",
    message: "Cannot answer from /x: it used 7 of 5 units of fuel",
    details: { fuel_limit: 5, fuel_used: 7 },
  });
});

Deno.test("exceeded memory tells the limit in megabytes", () => {
  assertEquals(errorOf({ kind: "memory_exceeded" }), {
    code: "memory_exceeded",
    message: "Cannot answer from /x: it needed more than 1.5 MB of memory",
    details: { memory_limit_mb: 1.5 },
  });
});

Deno.test("a timeout, a flood of output and a cancelled run tell their bounds", () => {
  assertEquals(errorOf({ kind: "timeout" }), {
    code: "timeout",
    message: "Cannot answer from /x: it ran longer than 10000 ms",
    details: { timeout_ms: 10_000 },
  });
  assertEquals(errorOf({ kind: "output_too_large" }), {
    code: "bad_function_output",
    message: "Cannot answer from /x: it wrote more than 10485760 bytes to standard output",
    details: { limit: 10_485_760 },
  });
  assertEquals(errorOf({ kind: "cancelled" })?.code, "shutting_down");
});
