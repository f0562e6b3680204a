/** Guests that prepare themselves for all their runs at once, as Wizer has it. */
import { wat } from "../support/wat.ts";
import { IMPORT, MEMORY, PRINT } from "./fragments.ts";

/** Letters that tell what has happened. */
const LETTER = { i: 0x69, r: 0x72 };
const TELL_LETTER = `
  (global $count (mut i32) (i32.const 0))
  (func $tell (param $letter i32)
    (i32.store8 offset=1024 (global.get $count) (local.get $letter))
    (global.set $count (i32.add (global.get $count) (i32.const 1))))`;

export const INITIALISERS = {
  /** Has an initialiser, as Wizer calls it, which counts in memory and in a global. Resumed, it prints "ir". */
  initialiser: () =>
    wat(`(module ${IMPORT.fd_write} ${MEMORY} ${TELL_LETTER} ${PRINT}
      (func (export "wizer.initialize") (call $tell (i32.const ${LETTER.i})))
      (func (export "wizer.resume")
        (call $tell (i32.const ${LETTER.r}))
        (call $print (i32.const 1024) (global.get $count)))
      (func (export "_start") (unreachable)))`),
  /** Its initialiser traps. */
  trappingInitialiser: () =>
    wat(
      `(module ${MEMORY} (func (export "wizer.initialize") (unreachable)) (func (export "_start")))`,
    ),
};
