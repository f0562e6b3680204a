import { readdir, readFile } from "node:fs/promises";
import { sendSignal } from "../send_signal.ts";

/** How processes of a zygote are told from others. */
export interface ZygoteTraits {
  /** The session that it was started in, as its leader. */
  readonly session: number;
  /** The last word of its command line, which nothing else has. */
  readonly mark: string;
}

/** A function that forks faster than this kills is left alone. */
const ROUNDS = 20;

/**
 * Ends what a zygote has left behind that was killed itself, so that it could not do so: processes that calls have
 * forked, also those in a session of their own unless they have become another program since.
 */
export async function endLeftovers(traits: ZygoteTraits): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const pids = await leftovers(traits);
    if (pids.length === 0) return;
    for (const pid of pids) sendSignal(pid, "SIGKILL");
  }
}

async function leftovers({ session, mark }: ZygoteTraits): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  // The leader has ended, so whoever has its number now is somebody else.
  if (pids.includes(session)) return [];
  const found = await Promise.all(pids.map(async (pid) => {
    const stat = await text(`/proc/${pid}/stat`);
    if (stat === "" || isZombie(stat)) return false;
    if (sessionOf(stat) === session) return true;
    return (await text(`/proc/${pid}/cmdline`)).endsWith(`\0${mark}\0`);
  }));
  return pids.filter((_, i) => found[i]);
}

/** What follows the program's name in `/proc/PID/stat`: state, parent, group, session, … */
function fields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function isZombie(stat: string): boolean {
  return fields(stat)[0] === "Z";
}

function sessionOf(stat: string): number {
  return Number(fields(stat)[3]);
}

async function text(path: string): Promise<string> {
  return await readFile(path, "latin1").catch(() => "");
}
