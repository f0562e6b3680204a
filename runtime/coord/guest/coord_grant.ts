/** The locks and logs that a function may use; plain data, so that it can be posted between threads. */
export interface CoordGrant {
  /** Names; `*` stands for any characters. */
  readonly locks: readonly string[];
  /** Likewise. */
  readonly logs: readonly string[];
}

/** Whether one of these patterns fits a name. */
export function isGranted(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => fits(pattern.split("*"), name));
}

/** The pieces between the stars come one after another, the first and the last at the ends. */
function fits(pieces: readonly string[], name: string): boolean {
  const [first = "", ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
