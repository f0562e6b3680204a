import { execFile } from "node:child_process";
import { err, ok, type Result } from "../result.ts";
import type { NativeOutcome } from "./outcome.ts";

/** What a hook is told of a call. */
export interface HookCall {
  /** The library's real path. */
  readonly library: string;
  readonly functionName: string;
  readonly file?: string;
  /** The output file. */
  readonly output: string;
}

/** Done before the library is loaded; an error, a few words, refuses the call. */
export type PreHook = (call: HookCall) => Promise<Result<void, string>>;

/** Done after every call whose pre-hooks began, however it ended; an error goes to the log. */
export type PostHook = (call: HookCall, outcome: NativeOutcome) => Promise<Result<void, string>>;

const TIMEOUT_MS = 10_000;
const OUTPUT_BYTES = 64 * 1024;
const SHOWN = 200;

/** A hook that is a program: it gets library, function, file (or "") and output file as arguments. */
export function programPreHook(program: string): PreHook {
  return ({ library, functionName, file = "", output }) =>
    runProgram(program, [library, functionName, file, output]);
}

/** The same after the call; the fifth argument is the kind of the outcome, e.g. `ok` or `signalled`. */
export function programPostHook(program: string): PostHook {
  return ({ library, functionName, file = "", output }, { kind }) =>
    runProgram(program, [library, functionName, file, output, kind]);
}

function runProgram(program: string, args: readonly string[]): Promise<Result<void, string>> {
  const options = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: OUTPUT_BYTES } as const;
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, _stdout, stderr) => {
      if (error === null) return resolve(ok(undefined));
      const words = String(stderr).trim().split("\n")[0]!.slice(0, SHOWN);
      const reason = words !== "" ? words : failure(error);
      resolve(err(`the hook ${program} failed: ${reason}`));
    });
  });
}

function failure(error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.killed) return `it ran longer than ${TIMEOUT_MS} ms`;
  return typeof error.code === "number" ? `exit status ${error.code}` : String(error.code);
}
