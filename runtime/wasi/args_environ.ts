import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Run } from "./run.ts";
import type { StringBlock } from "./run_io.ts";

/** `args_get`, `args_sizes_get`, `environ_get` and `environ_sizes_get`. */
export function argsEnvironCalls(run: Run) {
  return {
    /**
     * Writes each argument, NUL-terminated, from `argvBuffer` on, and a u32 pointer to each from
     * `argv` on. EFAULT: bad pointer.
     */
    args_get(argv: number, argvBuffer: number): number {
      run.enter();
      return writeStrings(run, run.args(), argv >>> 0, argvBuffer >>> 0);
    },

    /**
     * Writes the number of arguments and their bytes, NULs included, each u32. EFAULT: bad pointer.
     */
    args_sizes_get(count: number, byteCount: number): number {
      run.enter();
      return writeSizes(run, run.args(), count >>> 0, byteCount >>> 0);
    },

    /** Like `args_get`, for `NAME=value` strings. EFAULT: bad pointer. */
    environ_get(environ: number, environBuffer: number): number {
      run.enter();
      return writeStrings(run, run.environ(), environ >>> 0, environBuffer >>> 0);
    },

    /** Like `args_sizes_get`, for `NAME=value` strings. EFAULT: bad pointer. */
    environ_sizes_get(count: number, byteCount: number): number {
      run.enter();
      return writeSizes(run, run.environ(), count >>> 0, byteCount >>> 0);
    },
  };
}

function writeSizes(run: Run, block: StringBlock, count: number, byteCount: number): number {
  const { memory } = run;
  if (!memory.holds(count, 4) || !memory.holds(byteCount, 4)) return wasi.ERRNO_FAULT;
  memory.view.setUint32(count, block.count, true);
  memory.view.setUint32(byteCount, block.bytes.length, true);
  return wasi.ERRNO_SUCCESS;
}

function writeStrings(run: Run, block: StringBlock, pointers: number, buffer: number): number {
  const { memory } = run;
  const { bytes, count } = block;
  if (!memory.holds(pointers, count * 4) || !memory.holds(buffer, bytes.length)) {
    return wasi.ERRNO_FAULT;
  }
  run.spendBytes(bytes.length);
  run.spend(count >>> 4);
  memory.bytes.set(bytes, buffer);
  let start = 0;
  for (let i = 0; i < count; i++) {
    memory.view.setUint32(pointers + i * 4, buffer + start, true);
    start = bytes.indexOf(0, start) + 1;
  }
  return wasi.ERRNO_SUCCESS;
}
