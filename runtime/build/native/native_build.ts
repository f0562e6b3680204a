import { type SkerryError, skerryError } from "../../errors.ts";
import { err, type Result } from "../../result.ts";
import type { Artifact } from "../artifact.ts";
import { limitExceeded } from "../diagnostics.ts";
import type { Source } from "../language.ts";
import { Sandbox, type SandboxLimits, type SandboxOutcome } from "./sandbox.ts";

/** Where a compiler finds the source and leaves its output: the build's folder, as the sandbox shows it. */
export const BUILD_FOLDER = "/build";

const GIBIBYTE = 1 << 30;
/** Of the builder's own time for a build, so that the compiler's end is seen as what it is. */
const TIME_SHARE = 0.85;
const SIGNALS_OF_LIMITS: Readonly<Record<string, "memory" | "output" | "time">> = {
  6: "memory", // SIGABRT: an allocation failed
  7: "memory", // SIGBUS: a mapped file that found no room
  9: "memory", // SIGKILL: the system ran out of it
  11: "memory", // SIGSEGV: a stack ended
  24: "time", // SIGXCPU
  25: "output", // SIGXFSZ
};

/**
 * What one native build may use.
 *
 * @param timeoutMs What the builder gives it, milliseconds
 */
export function nativeLimits(timeoutMs: number): SandboxLimits {
  return {
    timeoutMs: Math.ceil(timeoutMs * TIME_SHARE),
    scratchBytes: GIBIBYTE / 2,
    memoryBytes: 2 * GIBIBYTE,
    cpuSeconds: 60,
    fileBytes: GIBIBYTE / 4,
    processes: 512,
  };
}

let opening: Promise<Sandbox | undefined> | undefined;

/**
 * Builds in the machine's sandbox.
 *
 * @returns `toolchain_missing` if the machine allows none: without it a source could read the host's files
 */
export async function withSandbox(
  title: string,
  build: (sandbox: Sandbox) => Promise<Result<Artifact, SkerryError>>,
): Promise<Result<Artifact, SkerryError>> {
  opening ??= Sandbox.open();
  const sandbox = await opening;
  if (sandbox !== undefined) return await build(sandbox);
  opening = undefined;
  const message =
    `Cannot build ${title}: its compiler runs in a sandbox of Linux namespaces only, and this ` +
    `machine allows none; permit user namespaces (sysctl user.max_user_namespaces) and install util-linux`;
  return err(skerryError("toolchain_missing", message));
}

/** The error of a compiler that a limit ended; undefined if none did. */
export function endedByLimit(
  outcome: SandboxOutcome,
  { fileName }: Source,
): SkerryError | undefined {
  if (outcome.kind === "timed_out") {
    return limitExceeded(fileName, "time", `the compiler took longer than ${outcome.timeoutMs} ms`);
  }
  if (outcome.kind !== "killed") return undefined;
  const limit = SIGNALS_OF_LIMITS[outcome.signal] ?? "memory";
  return limitExceeded(fileName, limit, LIMIT_TEXTS[limit]);
}

const LIMIT_TEXTS = {
  memory: "the compiler ran out of memory",
  output: "the compiler wrote more than it may",
  time: "the compiler used more processor time than it may",
} as const;
