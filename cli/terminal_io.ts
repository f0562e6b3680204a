import { readSync, writeSync } from "node:fs";
import { errnoOf } from "../runtime/wasi/filesystem/host_errno.ts";
import type { ByteSink, ByteSource, RunIo } from "../runtime/wasi/run_io.ts";
import { encodeStrings } from "../runtime/wasi/string_block.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** How long to wait for a descriptor that someone made non-blocking. */
const RETRY_MS = 5;

/** A run's input and output on the terminal, or whatever the standard streams are. */
export function terminalIo(args: readonly string[], environ: readonly string[]): RunIo {
  return {
    args: () => encodeStrings(args),
    environ: () => encodeStrings(environ),
    stdin: descriptorSource(STDIN),
    stdout: descriptorSink(STDOUT),
    stderr: descriptorSink(STDERR),
  };
}

function descriptorSource(fd: number): ByteSource {
  return { read: (target) => whenReady(() => readSync(fd, target), 0) };
}

function descriptorSink(fd: number): ByteSink {
  return {
    // A reader that has gone ends the run, as SIGPIPE would end a native program.
    write: (bytes) => whenReady<number | "stop">(() => writeSync(fd, bytes), "stop"),
  };
}

/**
 * Does an I/O call, again while the descriptor is not ready; `atEnd` if the other end has gone. Other failures are the
 * program's to handle: a negative error number.
 */
function whenReady<T>(io: () => T, atEnd: T): T | number {
  for (;;) {
    try {
      return io();
    } catch (thrown) {
      const { code } = thrown as { code?: string };
      if (code === "EOF" || code === "EPIPE") return atEnd;
      if (code !== "EAGAIN" && code !== "EWOULDBLOCK") return -errnoOf(thrown);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
