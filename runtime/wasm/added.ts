/**
 * Indices of what the rewriter adds to a module. Everything is added at the end of its index space, so that
 * no index in the module's own code changes.
 */
export interface Added {
  readonly types: number;
  readonly functions: number;
  readonly globals: number;
  /** Memories of the module, each of which gets a growth helper. */
  readonly memories: number;
}

/** Added globals, relative to {@linkcode Added.globals}; shadows of mutable globals follow. */
export const ADDED_GLOBAL = {
  /** `i64`: counts up from minus the budget; exhausted means 0 or more. */
  fuel: 0,
  /** `i64` */
  budget: 1,
  /** `i32`: the state bits. */
  state: 2,
  /** `i32`: pages in total past which a run is promoted. */
  inlinePages: 3,
  /** `i64`: counts up from minus the limit; exceeded means above 0. */
  gcBytes: 4,
  count: 5,
} as const;

/** Added functions, relative to {@linkcode Added.functions}; a growth helper per memory follows. */
export const ADDED_FUNCTION = {
  snapshot: 0,
  reset: 1,
  fuel: 2,
  state: 3,
  trap: 4,
  /** `(fuel: i64) -> ()`: stores the fuel and traps. */
  outOfFuel: 5,
  /** `() -> ()`: charges a function entry and traps. */
  outOfFuelAtEntry: 6,
  /** `(bytes: i32) -> ()`: charges an object. */
  allocate: 7,
  /** `(length: i32, elementBytes: i32) -> ()`: charges an array. */
  allocateArray: 8,
  count: 9,
} as const;
