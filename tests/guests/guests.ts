/**
 * Modules to run a server against: hostile, broken and odd ones, and plain ones that show what they are
 * given. Each entry of the tables says in its comment what the guest does and how its run ends.
 */
import { EXCEPTIONS } from "./exceptions.ts";
import type { BuildGuest } from "./fragments.ts";
import { INITIALISERS } from "./initialisers.ts";
import { PROGRAMS } from "./programs.ts";
import { RESPONSES } from "./responses.ts";
import { RUNAWAY } from "./runaway.ts";
import { SHAPES } from "./shapes.ts";
import { STATE } from "./state.ts";
import { TRAPS } from "./traps.ts";

export { type BuildGuest, command, printer } from "./fragments.ts";

/**
 * Every guest by name. A call builds the module, or copies it from the cache.
 *
 * @example
 * ```ts
 * import { GUESTS } from "./guests.ts";
 *
 * const module = await GUESTS.endlessLoop();
 * console.log(WebAssembly.validate(module)); // true
 * ```
 */
export const GUESTS = {
  ...EXCEPTIONS,
  ...INITIALISERS,
  ...PROGRAMS,
  ...RESPONSES,
  ...RUNAWAY,
  ...SHAPES,
  ...STATE,
  ...TRAPS,
} satisfies Record<string, BuildGuest>;

/** The name of a guest. */
export type GuestName = keyof typeof GUESTS;
