import { assertEquals } from "@std/assert";
import type { NativeOutcome } from "./outcome.ts";
import { nativeError } from "./outcome_error.ts";

const SECRET = "/srv/lib/libx.so: undefined symbol: f";

/** Outcome, code, message behind "Cannot answer from /f: ", details. */
const ERRORS: readonly (readonly [NativeOutcome, string, string, unknown])[] = [
  [{ kind: "signalled", step: "execute", signal: 11 }, "function_trapped", "it ended by SIGSEGV", {
    trap: "signal",
    signal: "SIGSEGV",
  }],
  [
    { kind: "signalled", step: "load", signal: 40 },
    "function_trapped",
    "it ended by signal 40 while it was loaded",
    { trap: "signal", signal: "signal 40" },
  ],
  [
    { kind: "exited", step: "unload", exitCode: 3 },
    "function_exited",
    "it exited with code 3 while it was unloaded",
    { exit_code: 3 },
  ],
  [
    { kind: "exited", step: "load", exitCode: 0 },
    "function_exited",
    "it exited with code 0 while it was loaded",
    { exit_code: 0 },
  ],
  [{ kind: "timeout", step: "execute", timeoutMs: 5 }, "timeout", "it ran longer than 5 ms", {
    timeout_ms: 5,
  }],
  [
    { kind: "cpu_exceeded", step: "execute", cpuSeconds: 2 },
    "cpu_exceeded",
    "it used more than 2 s of processor time",
    { cpu_limit_s: 2 },
  ],
  [
    { kind: "output_too_large", step: "execute", outputBytes: 9 },
    "bad_function_output",
    "it wrote more than 9 bytes to a file",
    { limit: 9 },
  ],
  [
    { kind: "load_failed", reason: SECRET },
    "invalid_module",
    "its library cannot be loaded",
    undefined,
  ],
  [
    { kind: "function_missing", reason: SECRET },
    "invalid_module",
    "its library has no such function",
    undefined,
  ],
  [
    { kind: "refused", reason: SECRET },
    "invalid_config",
    "its library may not be called",
    undefined,
  ],
  [{ kind: "hook_failed", reason: SECRET }, "forbidden", "a hook refused the call", undefined],
  [{ kind: "stopping" }, "shutting_down", "the server is stopping", undefined],
  [{ kind: "overloaded" }, "overloaded", "too many calls wait", undefined],
  [
    { kind: "unavailable", reason: SECRET },
    "native_unavailable",
    "native calls are not to be had now",
    undefined,
  ],
];

Deno.test("every failure has its code and says nothing of the host", () => {
  for (const [outcome, code, words, details] of ERRORS) {
    const error = nativeError("/f", outcome);
    assertEquals(error?.code, code);
    assertEquals(error?.message, `Cannot answer from /f: ${words}`);
    assertEquals(error?.details, details);
  }
});

Deno.test("what ended well is no error, exit(0) included", () => {
  assertEquals(nativeError("/f", { kind: "ok" }), undefined);
  assertEquals(nativeError("/f", { kind: "exited", step: "execute", exitCode: 0 }), undefined);
});
