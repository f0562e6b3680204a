/** Guests that are odd as modules: what they import, export or are made of. */
import { wat } from "../support/wat.ts";
import { type BuildGuest, command, IMPORT, MEMORY, PRINT } from "./fragments.ts";

function bytes(...values: number[]): BuildGuest {
  return () => Promise.resolve(new Uint8Array(values));
}

function module(fields: string): BuildGuest {
  return () => wat(`(module ${fields})`);
}

/** Prints the text at address 16; `length` bytes of it. */
function printText(length: number): string {
  return `(call $print (i32.const 16) (i32.const ${length}))`;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

export const SHAPES = {
  /** A shell script in place of a module. */
  notWasm: () => Promise.resolve(new TextEncoder().encode("#!/bin/sh\necho hello\n")),
  /** No bytes at all. */
  emptyFile: bytes(),
  /** A module of a version that does not exist. */
  wrongVersion: bytes(...MAGIC, 2, 0, 0, 0),
  /** A component, empty: what newer toolchains make by default, and not a module. */
  component: bytes(...MAGIC, 0x0d, 0, 1, 0),
  /** A well-formed module whose one function leaves nothing where it owes an i32. */
  invalidBody: bytes(
    ...[...MAGIC, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7f],
    ...[3, 2, 1, 0],
    ...[10, 4, 1, 2, 0, 0x0b],
  ),
  /** An empty module: valid, and nothing to call. */
  emptyModule: module(""),
  /** Exports neither `_start` nor `run`. */
  noEntry: module(`${MEMORY} (func (export "add") (result i32) (i32.const 1))`),
  /** `_start` takes a parameter. */
  entryWithParameter: module(`${MEMORY} (func (export "_start") (param i32))`),
  /** `_start` is a global. */
  entryIsGlobal: module(`(global (export "_start") i32 (i32.const 1))`),
  /** Imports a function of no system Skerry knows. */
  unknownImport: module(
    `(import "env" "mystery" (func $mystery)) ${MEMORY} (func (export "_start") (call $mystery))`,
  ),
  /** Imports a preview1 function that does not exist. */
  unknownWasiImport: module(
    `(import "wasi_snapshot_preview1" "fd_teleport" (func $f)) (func (export "_start") (call $f))`,
  ),
  /** Imports `fd_write` with another type. */
  mistypedImport: module(
    `(import "wasi_snapshot_preview1" "fd_write" (func (param i64))) (func (export "_start"))`,
  ),
  /** Imports its memory. */
  importedMemory: module(`(import "env" "memory" (memory 1)) (func (export "_start"))`),
  /** Imports from the snapshot before preview1, as modules of 2019 do. */
  snapshotZero: module(
    `(import "wasi_unstable" "proc_exit" (func $proc_exit (param i32))) ${MEMORY}
     (func (export "_start") (call $proc_exit (i32.const 0)))`,
  ),
  /** Shares its memory between threads. */
  sharedMemory: module(`(memory (export "memory") 1 2 shared) (func (export "_start"))`),
  /** Exports a name that Skerry keeps for itself. */
  reservedExport: module(`${MEMORY} (func (export "_start")) (func (export "skerry:fuel"))`),
  /** Prints `hidden` from a memory that it does not export; a host function cannot read it. */
  hiddenMemory: module(
    `${IMPORT.fd_write} (memory 1) (data (i32.const 16) "hidden\\n") ${PRINT}
     (func (export "_start") ${printText(7)})`,
  ),
  /** Prints `64` from a memory with 64-bit addresses. */
  memory64: module(
    `${IMPORT.fd_write} (memory (export "memory") i64 1 4) (data (i64.const 16) "64\\n")
     (func (export "_start")
       (i32.store (i64.const 0) (i32.const 16))
       (i32.store (i64.const 4) (i32.const 3))
       (drop (memory.grow (i64.const 1)))
       (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))`,
  ),
  /** A reactor: `_initialize` counts; `run` prints `run 1`, `other` prints `other 1`. */
  reactor: module(
    `${IMPORT.fd_write} ${MEMORY} ${PRINT}
     (data (i32.const 16) "run 0\\n") (data (i32.const 32) "other 0\\n")
     (func (export "_initialize")
       (i32.store8 (i32.const 20) (i32.add (i32.load8_u (i32.const 20)) (i32.const 1)))
       (i32.store8 (i32.const 38) (i32.add (i32.load8_u (i32.const 38)) (i32.const 1))))
     (func (export "run") ${printText(6)})
     (func (export "other") (call $print (i32.const 32) (i32.const 8)))`,
  ),
  /** A reactor without `_initialize`: `run` prints `run`. */
  bareReactor: module(
    `${IMPORT.fd_write} ${MEMORY} ${PRINT} (data (i32.const 16) "run\\n")
     (func (export "run") ${printText(4)})`,
  ),
  /** A reactor whose `_initialize` traps: unreachable. */
  trappingReactor: module(
    `${MEMORY} (func (export "_initialize") (unreachable)) (func (export "run"))`,
  ),
  /** Its start function prints `start`, then `_start` prints `_start`. */
  startFunction: module(
    `${IMPORT.fd_write} ${MEMORY} ${PRINT}
     (data (i32.const 16) "start\\n") (data (i32.const 32) "_start\\n")
     (func $start ${printText(6)}) (start $start)
     (func (export "_start") (call $print (i32.const 32) (i32.const 7)))`,
  ),
  /** Its start function traps: unreachable. */
  trappingStartFunction: command("", "(func $start (unreachable)) (start $start)"),
  /** Its start function loops without end. Ends by fuel. */
  endlessStartFunction: command("", "(func $start (loop $again (br $again))) (start $start)"),
} satisfies Record<string, BuildGuest>;
