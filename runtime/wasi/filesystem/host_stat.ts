import { Filestat } from "../filestat.ts";
import type { HostStat } from "./host_files.ts";

/** A host file's status as the module sees it. Times before 1970 cannot be said and become 0. */
export function toFilestat(status: HostStat): Filestat {
  const filestat = new Filestat(status.ino, status.filetype, status.size);
  filestat.dev = status.dev;
  filestat.nlink = status.nlink;
  filestat.atim = sinceEpoch(status.atimeNs);
  filestat.mtim = sinceEpoch(status.mtimeNs);
  filestat.ctim = sinceEpoch(status.ctimeNs);
  return filestat;
}

function sinceEpoch(ns: bigint): bigint {
  return ns < 0n ? 0n : ns;
}

/** Whether both are the status of one file. */
export function isSameFile(a: HostStat, b: HostStat): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.filetype === b.filetype;
}
