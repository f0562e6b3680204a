import process from "node:process";

/**
 * Sends a signal to a process, or by a negative number to a group of them. One that was never there, or has ended by
 * itself just now, needs none.
 */
export function sendSignal(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
