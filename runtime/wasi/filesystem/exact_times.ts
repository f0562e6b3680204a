import type { HostFiles, HostStat } from "./host_files.ts";

/** Times that were asked for, and what the host made of them. */
interface Rounded {
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly storedAtim: bigint;
  readonly storedMtim: bigint;
}

/** Files remembered; the oldest is forgotten first. */
const MAX_FILES = 1024;

/**
 * `node:fs` takes times as seconds in a double, so that they are up to 120 ns off. What was asked
 * for is remembered, and answered for as long as the file has the time that came of it.
 */
export class ExactTimes {
  readonly #files = new Map<string, Rounded>();

  /** Sets times by `set`, in seconds; `stat` answers what the file has before and after. */
  apply(
    stat: () => ReturnType<HostFiles["fstat"]>,
    times: { readonly atim: bigint | undefined; readonly mtim: bigint | undefined },
    set: (atime: number, mtime: number) => number,
  ): number {
    const before = stat();
    if (typeof before === "number") return before;
    const known = this.correct(before);
    const atim = times.atim ?? known.atimeNs;
    const mtim = times.mtim ?? known.mtimeNs;
    const errno = set(Number(atim) / 1e9, Number(mtim) / 1e9);
    const after = stat();
    if (errno !== 0 || typeof after === "number") return errno;
    this.#remember(keyOf(after), {
      atim,
      mtim,
      storedAtim: after.atimeNs,
      storedMtim: after.mtimeNs,
    });
    return errno;
  }

  /** The status with the times that were asked for, where the file still has what came of them. */
  correct(status: HostStat): HostStat {
    const rounded = this.#files.size === 0 ? undefined : this.#files.get(keyOf(status));
    if (rounded === undefined) return status;
    const { atimeNs, mtimeNs } = status;
    return {
      ...status,
      atimeNs: atimeNs === rounded.storedAtim ? rounded.atim : atimeNs,
      mtimeNs: mtimeNs === rounded.storedMtim ? rounded.mtim : mtimeNs,
    };
  }

  /** Forgets all files. */
  clear(): void {
    this.#files.clear();
  }

  #remember(key: string, rounded: Rounded): void {
    this.#files.delete(key);
    this.#files.set(key, rounded);
    if (this.#files.size <= MAX_FILES) return;
    for (const oldest of this.#files.keys()) {
      this.#files.delete(oldest);
      return;
    }
  }
}

function keyOf({ dev, ino }: HostStat): string {
  return `${dev}:${ino}`;
}
