import { wasi } from "@bjorn3/browser_wasi_shim";
import type { NewTimes } from "./filesystem/handles.ts";

/** What `FSTFLAGS_*` bits and two times, nanoseconds since 1970, ask for. */
export function newTimes(
  atim: bigint,
  mtim: bigint,
  flags: number,
  nowNs: () => bigint,
): NewTimes {
  const now = (flags & (wasi.FSTFLAGS_ATIM_NOW | wasi.FSTFLAGS_MTIM_NOW)) === 0 ? 0n : nowNs();
  const pick = (time: bigint, set: number, setNow: number) =>
    (flags & set) !== 0 ? time : (flags & setNow) !== 0 ? now : undefined;
  return {
    atim: pick(atim, wasi.FSTFLAGS_ATIM, wasi.FSTFLAGS_ATIM_NOW),
    mtim: pick(mtim, wasi.FSTFLAGS_MTIM, wasi.FSTFLAGS_MTIM_NOW),
  };
}

/** Whether `FSTFLAGS_*` bits exist and do not ask for a time and "now" at once. */
export function areTimeFlagsValid(flags: number): boolean {
  const isBoth = (time: number, now: number) => (flags & time) !== 0 && (flags & now) !== 0;
  return flags >= 0 && flags <= 15 &&
    !isBoth(wasi.FSTFLAGS_ATIM, wasi.FSTFLAGS_ATIM_NOW) &&
    !isBoth(wasi.FSTFLAGS_MTIM, wasi.FSTFLAGS_MTIM_NOW);
}
