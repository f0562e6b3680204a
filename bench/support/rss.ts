/** How much memory a process has. */
import { readFile } from "node:fs/promises";
import { median } from "./measure.ts";

const READINGS = 5;
const BETWEEN_READINGS_MS = 100;

/** Resident set of another process, MB: the median of a few readings, as collectors are still at work. */
export async function settledRssMb(pid: number): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < READINGS; i++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_READINGS_MS));
    readings.push(await rssKb(pid));
  }
  return median(readings) * 1024 / 1e6;
}

/** From Linux's proc file system; elsewhere from ps. */
async function rssKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => undefined);
  return status === undefined ? await psRssKb(pid) : parseVmRss(status);
}

/** The resident set in KiB from a `/proc/PID/status`. */
export function parseVmRss(status: string): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  if (found === null) throw new Error("Cannot read the resident set: the process has ended");
  return Number(found[1]);
}

async function psRssKb(pid: number): Promise<number> {
  const output = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] }).output();
  return Number(new TextDecoder().decode(output.stdout));
}
