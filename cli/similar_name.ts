/** Of the letters of a name, at most this part may be wrong. */
const TOLERANCE = 1 / 3;

/** The name that was probably meant, if one is like it: `port` for `prot`. */
export function similarName(given: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(given.length * TOLERANCE)) + 1;
  for (const name of names) {
    const edits = editsBetween(given, name);
    if (edits < fewest) [best, fewest] = [name, edits];
  }
  return best;
}

/** How many letters to insert, leave out, change or swap with the next one. */
function editsBetween(from: string, to: string): number {
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: to.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        row[j - 1]! + 1,
        last[j]! + 1,
        last[j - 1]! + (isSame ? 0 : 1),
        isSwapped ? before[j - 2]! + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}
