import { type Libc, MADV_DOFORK } from "./libc.ts";

/**
 * V8 marks its memory as not to be copied by `fork`, and a child without it dies at the first step. So before each
 * fork, all of it is marked as to be copied.
 *
 * `madvise` walks every mapping within a range and passes over the holes, so a handful of calls cover the whole
 * address space, whatever was mapped since, and neither this nor what follows until the fork allocates anything. Only the kernel's
 * own pages (`[vvar]`, …) refuse and end the walk; they never move, so the ranges between them are found once.
 */
export class ForkRanges {
  readonly #libc: Libc;
  /** Pairs of start and length. */
  readonly #ranges: readonly bigint[];

  /** @param maps The text of `/proc/self/maps`. */
  constructor(libc: Libc, maps: string) {
    this.#libc = libc;
    const ranges = rangesBetween(
      parseMaps(maps).filter(([start, end]) =>
        libc.madvise(BigInt(start), BigInt(end - start), MADV_DOFORK) !== 0
      ),
    );
    this.#ranges = ranges.map(BigInt);
  }

  /** Makes all of this process's memory go along in the next fork, if nothing is allocated before that. */
  include(): void {
    const ranges = this.#ranges;
    for (let i = 0; i < ranges.length; i += 2) {
      this.#libc.madvise(ranges[i]!, ranges[i + 1]!, MADV_DOFORK);
    }
  }
}

/** Where user space ends on 64-bit machines with four levels of page tables, minus its last page. */
const USER_SPACE_END = 2 ** 47 - 2 * 4096;

/** The mapped ranges of user space. */
export function parseMaps(maps: string): [start: number, end: number][] {
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) /gm)]
    .map(([, start, end]): [number, number] => [parseInt(start!, 16), parseInt(end!, 16)])
    .filter(([, end]) => end <= USER_SPACE_END);
}

/** What lies between these ranges, from the first page to the end of user space: start, length, start, length, … */
export function rangesBetween(holes: readonly (readonly [start: number, end: number])[]): number[] {
  const ranges: number[] = [];
  let from = 4096;
  for (const [start, end] of [...holes, [USER_SPACE_END, USER_SPACE_END] as const]) {
    if (start > from) ranges.push(from, start - from);
    from = end;
  }
  return ranges;
}
