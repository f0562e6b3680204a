import { constants } from "node:os";
import process from "node:process";

/** What asks a process to end, and may be answered before it does. */
export const END_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** A server that does not answer keeps nobody for longer. */
const LEAVE_MS = 2000;

/** What work that may be interrupted is told. */
export interface Interrupt {
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** From now on the work minds signals itself. */
  readonly handOver: () => void;
}

/**
 * Does work that has something to leave in order. The first signal that asks the process to end aborts it, and it has 2
 * seconds left; a second one ends the process at once. Resolves to the work's exit code, or to the one that the signal
 * stands for.
 */
export async function interruptible(
  work: (interrupt: Interrupt) => Promise<number>,
): Promise<number> {
  const abort = new AbortController();
  const late = Promise.withResolvers<number>();
  let exitCode: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    handOver();
    const code = exitCode = exitCodeOf(signal);
    timer = setTimeout(() => late.resolve(code), LEAVE_MS);
    abort.abort();
  };
  const handOver = () => {
    for (const signal of END_SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of END_SIGNALS) process.on(signal, onSignal);
  const code = await Promise.race([work({ signal: abort.signal, handOver }), late.promise]);
  handOver();
  clearTimeout(timer);
  return exitCode ?? code;
}

/** What a shell answers for a program that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
