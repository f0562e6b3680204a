/** Guests that use the directory they are given, at descriptor 3. */
import { wat } from "../support/wat.ts";

/** Exits with the errno of the first of these that fails: copy this file to stdout, create `made.txt`. */
export function fileGuest(name: string, creates: boolean): Promise<Uint8Array<ArrayBuffer>> {
  return wat(`(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "${name}") (data (i32.const 200) "made.txt")
    (func $fail_on (param $errno i32)
      (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
    (func (export "_start")
      (call $fail_on (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const ${name.length})
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 100))
      (call $fail_on
        (call $fd_read (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (call $fail_on (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      ${
    creates
      ? `(call $fail_on (call $path_open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 8)
        (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)))`
      : ""
  }))`);
}
