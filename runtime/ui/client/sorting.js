/**
 * Rows in the order of one column. Undefined comes last, whichever way.
 *
 * @template T
 * @param {readonly T[]} rows
 * @param {(row: T) => string | number | undefined} valueOf
 * @param {boolean} isDescending
 * @returns {T[]}
 */
export function sortedBy(rows, valueOf, isDescending) {
  return rows.toSorted((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
    const order = typeof x === "string" ? x.localeCompare(y) : x - y;
    return isDescending ? -order : order;
  });
}
