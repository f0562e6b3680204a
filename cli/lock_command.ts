import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";

/** As sysexits.h has it: try again later. */
const EXIT_LOST = 75;
/** As a shell answers. */
const EXIT_NOT_RUN = 127;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Runs a command with this process's standard streams until it ends, and passes signals on to it. When the lock is lost it
 * is sent SIGTERM. Resolves to the exit code.
 */
export async function runHolding(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  lost: AbortSignal,
  printError: (line: string) => void,
): Promise<number> {
  const [program, ...args] = command;
  const env = { ...process.env, ...environment };
  const child = spawn(program!, args, { stdio: "inherit", env });
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  const onLost = () => {
    printError(`The lock is lost: ${(lost.reason as Error).message}`);
    child.kill("SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  lost.addEventListener("abort", onLost);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error: Error) => {
      printError(`Cannot run ${program}: ${error.message}`);
      resolve(EXIT_NOT_RUN);
    });
    child.on("exit", (exitCode: number | null, signal: NodeJS.Signals | null) => {
      resolve(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  for (const signal of SIGNALS) process.off(signal, passOn);
  lost.removeEventListener("abort", onLost);
  return lost.aborted ? EXIT_LOST : code;
}
