/** What a process holds on to. */
import { readdir, readFile } from "node:fs/promises";
import { settledRssMb } from "./rss.ts";

/** A leak shows as growth of one of these. */
export interface Holdings {
  readonly rssMb: number;
  readonly descriptors: number;
  /** Children, zombies included. */
  readonly children: number;
}

/** Looks at another process; Linux only. */
export async function holdingsOf(pid: number): Promise<Holdings> {
  const rssMb = await settledRssMb(pid);
  const descriptors = (await readdir(`/proc/${pid}/fd`)).length;
  return { rssMb, descriptors, children: (await childrenOf(pid)).length };
}

/** The ids of a process's children, zombies included. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter((word) => word.trim() !== "").map(Number);
}
