import { spawn } from "node:child_process";
import process from "node:process";
import { sendSignal } from "../runtime/send_signal.ts";
import { END_SIGNALS, exitCodeOf } from "./interruptible.ts";

/** As sysexits.h has it: try again later. */
const EXIT_LOST = 75;
/** As a shell answers. */
const EXIT_NOT_RUN = 127;
const KILL_AFTER_MS = 5000;

/** How to run a command that needs a lock. */
export interface HoldingOptions {
  /** Besides this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Aborts when the lock is lost. */
  readonly lost: AbortSignal;
  /** What the command then has left to end by itself. @default 5000 */
  readonly killAfterMs?: number;
  readonly printError: (line: string) => void;
}

/**
 * Runs a command with this process's standard streams until it ends, and passes signals on to it. When the lock is lost it
 * is sent SIGTERM, and later SIGKILL. Resolves to the exit code.
 */
export async function runHolding(
  [program, ...args]: readonly string[],
  { environment, lost, killAfterMs = KILL_AFTER_MS, printError }: HoldingOptions,
): Promise<number> {
  const env = { ...process.env, ...environment };
  const child = spawn(program!, args, { stdio: "inherit", env });
  let killTimer: ReturnType<typeof setTimeout> | undefined;
  // Deno's `child.kill` sends one signal only, and then takes whatever exit follows for that signal's.
  const send = (signal: NodeJS.Signals) => sendSignal(child.pid, signal);
  const onLost = () => {
    printError(`The lock is lost: ${(lost.reason as Error).message}`);
    send("SIGTERM");
    killTimer = setTimeout(() => send("SIGKILL"), killAfterMs);
  };
  for (const signal of END_SIGNALS) process.on(signal, send);
  if (lost.aborted) onLost();
  else lost.addEventListener("abort", onLost);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error: Error) => {
      printError(`Cannot run ${program}: ${error.message}`);
      resolve(EXIT_NOT_RUN);
    });
    child.on("exit", (exitCode: number | null, signal: NodeJS.Signals | null) => {
      resolve(exitCode ?? exitCodeOf(signal!));
    });
  });
  for (const signal of END_SIGNALS) process.off(signal, send);
  lost.removeEventListener("abort", onLost);
  clearTimeout(killTimer);
  return lost.aborted ? EXIT_LOST : code;
}
