/**
 * Guests that catch everything, host functions' exceptions included, and go on; each in the legacy form
 * (`try`/`catch_all`) and in the standard one (`try_table`). The host must stop them all the same.
 */
import { wat } from "../support/wat.ts";
import { type BuildGuest, IMPORT, MEMORY } from "./fragments.ts";

/** `body`, and whatever it throws is ignored. */
type Swallow = (body: string) => string;

const legacy: Swallow = (body) => `(try (do ${body}) (catch_all))`;
const standard: Swallow = (body) => `(block $caught (try_table (catch_all $caught) ${body}))`;

/** V8 refuses a module that holds both forms, so what `definitions` adds must be of the body's form. */
function swallower(body: string, definitions = ""): BuildGuest {
  return () =>
    wat(`(module ${IMPORT.fd_write} ${IMPORT.poll_oneoff} ${IMPORT.proc_exit} ${MEMORY}
      ${definitions} (func (export "_start") ${body}))`);
}

/** `$dive()` calls itself within a catch-all, and again when that one fails. */
function dive(swallow: Swallow): string {
  return `(func $dive ${swallow("(call $dive)")} (call $dive))`;
}

function forever(body: string): string {
  return `(loop $again ${body} (br $again))`;
}

const EXIT = "(call $proc_exit (i32.const 7))";
const FLOOD = `(i32.store (i32.const 4) (i32.const 65536))
  (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))`;
const SLEEP = `(i32.store (i32.const 80) (i32.const 1))
  (i64.store (i32.const 88) (i64.const 60000000000))
  (drop (call $poll_oneoff (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 192)))`;
const TRAP = "(unreachable)";

export const EXCEPTIONS = {
  /** Exits with code 7 within a catch-all, for ever. Exits with 7. */
  swallowExitLegacy: swallower(forever(legacy(EXIT))),
  /** The same in the standard form. */
  swallowExit: swallower(forever(standard(EXIT))),
  /** Floods standard output within a catch-all, for ever. Over its output limit. */
  swallowFloodLegacy: swallower(forever(legacy(FLOOD))),
  /** The same in the standard form. */
  swallowFlood: swallower(forever(standard(FLOOD))),
  /** Sleeps a minute within a catch-all, for ever. Over its wall clock. */
  swallowSleepLegacy: swallower(forever(legacy(SLEEP))),
  /** The same in the standard form. */
  swallowSleep: swallower(forever(standard(SLEEP))),
  /** Traps within a catch-all, which does not catch traps. Traps: unreachable. */
  swallowTrapLegacy: swallower(forever(legacy(TRAP))),
  /** The same in the standard form. */
  swallowTrap: swallower(forever(standard(TRAP))),
  /** Runs within a catch-all until the fuel is gone. Ends by fuel. */
  swallowFuelLegacy: swallower(legacy(forever(""))),
  /** The same in the standard form. */
  swallowFuel: swallower(standard(forever(""))),
  /** Overflows the stack within catch-alls that recurse again. Traps: stack_overflow, or ends by fuel. */
  swallowStackOverflowLegacy: swallower("(call $dive)", dive(legacy)),
  /** The same in the standard form. */
  swallowStackOverflow: swallower("(call $dive)", dive(standard)),
  /** Throws, catches and prints `caught`: exceptions as they are meant, in the standard form. */
  catchOwn: () =>
    wat(`(module ${IMPORT.fd_write} ${MEMORY} (tag $e (param i32))
      (data (i32.const 16) "caught\\n")
      (func (export "_start")
        (i32.store (i32.const 0)
          (block $caught (result i32)
            (try_table (catch $e $caught) (throw $e (i32.const 16)))
            (unreachable)))
        (i32.store (i32.const 4) (i32.const 7))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`),
} satisfies Record<string, BuildGuest>;
