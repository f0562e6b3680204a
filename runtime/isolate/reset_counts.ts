/** What became of instances after their runs. */
export interface ResetCounts {
  /** Put back, and used again. */
  recycled: number;
  /** Dropped: a later run could have told. */
  dropped: number;
}

/** None yet. */
export const NO_RESETS: Readonly<ResetCounts> = { recycled: 0, dropped: 0 };

/** Both together. */
export function addResets(a: Readonly<ResetCounts>, b: Readonly<ResetCounts>): ResetCounts {
  return { recycled: a.recycled + b.recycled, dropped: a.dropped + b.dropped };
}
