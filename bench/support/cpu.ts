/** How much processor time a process has used. */
import { readFile } from "node:fs/promises";

/** What Linux reports times in, whatever the kernel's own rate is. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time of all threads so far; undefined where there is no proc file system. */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat === undefined ? undefined : parseCpuTicks(stat) / TICKS_PER_SECOND;
}

/** User and system time from a `/proc/PID/stat`, whose second field may hold spaces and parentheses. */
export function parseCpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error("Cannot read the processor time of a process");
  return ticks;
}
