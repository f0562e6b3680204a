/**
 * Exports the rewriter adds to every module. A module that exports a name beginning with `skerry:` of its
 * own is refused, so these cannot be forged.
 */
export const RESERVED = {
  /**
   * `() -> ()`: remembers the module's mutable globals as they are now, for `reset` to put back.
   * Called once, right after instantiation (and again after an initialiser has run).
   */
  snapshot: "skerry:snapshot",
  /**
   * `(fuelBudget: f64, inlinePages: i32) -> ()`: puts the globals back to the snapshot, sets the fuel to
   * the budget (whole units, at most 2^62) and clears the state bits. Called before every run.
   * A run that grows its memories past `inlinePages` pages in total stops with the `promote` bit;
   * `0xffffffff` (-1) means never.
   */
  reset: "skerry:reset",
  /** `() -> f64`: fuel consumed since `reset`; exact below 2^53. */
  fuel: "skerry:fuel",
  /** `() -> i32`: the state bits, {@linkcode STATE}. */
  state: "skerry:state",
  /** `() -> ()`: traps. A trap called for from a host function cannot be caught by the module. */
  trap: "skerry:trap",
  /** `() -> ()`: the former start function; present only if there was one. */
  start: "skerry:start",
} as const;

/** The reserved export name of the module-defined memory with this index. */
export function reservedMemory(index: number): string {
  return `skerry:memory${index}`;
}

/** The reserved export name of the n-th mutable global; only modules with an initialiser export theirs. */
export function reservedGlobal(index: number): string {
  return `skerry:global${index}`;
}

/** Bits of `skerry:state`, all cleared by `reset`. */
export const STATE = {
  /** The run used up its fuel and was stopped by a trap. */
  outOfFuel: 1,
  /** At least one `memory.grow` was answered -1 because of Skerry's limit. */
  growDenied: 2,
  /** Tables or segments were changed: the instance cannot be put back and must be dropped. */
  dirty: 4,
  /** Memory grew past the inline ceiling and the run was stopped by a trap. */
  promote: 8,
  /** The run allocated more garbage-collected bytes than its memory limit and was stopped by a trap. */
  gcExceeded: 16,
} as const;
