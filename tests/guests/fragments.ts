/** Pieces of text format that the guests share, and the modules made of little else. */
import { wat } from "../support/wat.ts";

/** Makes a guest's module; every call gives bytes of its own. */
export type BuildGuest = () => Promise<Uint8Array<ArrayBuffer>>;

/** Imports of `wasi_snapshot_preview1`, by name, each as the function `$name`. */
export const IMPORT = {
  clock_time_get: wasiImport("clock_time_get", "(param i32 i64 i32) (result i32)"),
  fd_write: wasiImport("fd_write", "(param i32 i32 i32 i32) (result i32)"),
  poll_oneoff: wasiImport("poll_oneoff", "(param i32 i32 i32 i32) (result i32)"),
  proc_exit: wasiImport("proc_exit", "(param i32)"),
  proc_raise: wasiImport("proc_raise", "(param i32) (result i32)"),
} as const;

/** One page of memory under the name WASI wants. */
export const MEMORY = `(memory (export "memory") 1)`;

/** `$print(at, length)` writes those bytes to standard output. Uses bytes 0 to 11 of the memory. */
export const PRINT = `
  (func $print (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))`;

/** `$print_hex(value)` writes 16 hexadecimal digits and a line feed. Uses bytes 0 to 32. Needs `PRINT`. */
export const PRINT_HEX = `
  (func $print_hex (param $value i64)
    (local $index i32) (local $digit i32)
    (loop $next
      (local.set $digit (i32.wrap_i64 (i64.shr_u (local.get $value) (i64.const 60))))
      (i32.store8 offset=16 (local.get $index)
        (i32.add (local.get $digit)
          (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (local.set $value (i64.shl (local.get $value) (i64.const 4)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (i32.const 16))))
    (i32.store8 (i32.const 32) (i32.const 10))
    (call $print (i32.const 16) (i32.const 17)))`;

function wasiImport(name: string, type: string): string {
  return `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`;
}

/** A module whose `_start` is `body`, with `fd_write`, one page of memory, and `definitions`. */
export function command(body: string, definitions = ""): BuildGuest {
  return () =>
    wat(`(module ${IMPORT.fd_write} ${MEMORY} ${definitions} (func (export "_start") ${body}))`);
}

/** A module that prints exactly these bytes (text as UTF-8) in one write, and ends. */
export function printer(output: string | Uint8Array): BuildGuest {
  const bytes = typeof output === "string" ? new TextEncoder().encode(output) : output;
  const pages = Math.ceil((bytes.length + 16) / 65536);
  return () =>
    wat(`(module ${IMPORT.fd_write} (memory (export "memory") ${pages})
      (data (i32.const 16) "${dataString(bytes)}") ${PRINT}
      (func (export "_start") (call $print (i32.const 16) (i32.const ${bytes.length}))))`);
}

/** Bytes as the text format's string. */
export function dataString(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}
