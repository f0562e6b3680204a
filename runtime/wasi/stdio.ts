import { wasi } from "@bjorn3/browser_wasi_shim";
import { Descriptor } from "./descriptor.ts";
import { Filestat } from "./filestat.ts";
import type { Run } from "./run.ts";

const NOT_SEEKABLE = { ret: wasi.ERRNO_SPIPE, offset: 0n };

/**
 * A standard stream: a terminal is a character device, anything else of unknown type, as WASI has
 * no pipes. C programs then buffer whole blocks, which saves a host call for each line.
 */
abstract class StandardStream extends Descriptor {
  constructor(rights: number, isTerminal: boolean) {
    super(isTerminal ? wasi.FILETYPE_CHARACTER_DEVICE : wasi.FILETYPE_UNKNOWN, rights, rights);
  }

  override fd_filestat_get(): { ret: number; filestat: Filestat } {
    return { ret: wasi.ERRNO_SUCCESS, filestat: new Filestat(0n, this.filetype, 0n) };
  }

  override fd_seek(): typeof NOT_SEEKABLE {
    return NOT_SEEKABLE;
  }

  override fd_tell(): typeof NOT_SEEKABLE {
    return NOT_SEEKABLE;
  }
}

/** Descriptor 0: reads the run's `stdin`. */
export class StandardInput extends StandardStream {
  readonly #run: Run;

  constructor(run: Run, isTerminal: boolean) {
    super(wasi.RIGHTS_FD_READ | wasi.RIGHTS_POLL_FD_READWRITE, isTerminal);
    this.#run = run;
  }

  override read(target: Uint8Array): number {
    return this.#run.io.stdin.read(target);
  }

  override readAt(): number {
    return -wasi.ERRNO_SPIPE;
  }

  override readableBytes(): number {
    return 1;
  }
}

/** Descriptors 1 and 2: write to the run's `stdout` or `stderr`. */
export class StandardOutput extends StandardStream {
  readonly #run: Run;
  readonly #stream: "stdout" | "stderr";

  constructor(run: Run, stream: "stdout" | "stderr", isTerminal: boolean) {
    super(wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_POLL_FD_READWRITE, isTerminal);
    this.#run = run;
    this.#stream = stream;
  }

  override write(source: Uint8Array): number {
    const run = this.#run;
    const written = (this.#stream === "stdout" ? run.io.stdout : run.io.stderr).write(source);
    return written === "stop" ? run.stop({ kind: "output_too_large" }) : written;
  }

  override writeAt(): number {
    return -wasi.ERRNO_SPIPE;
  }

  override writableBytes(): number {
    return 1;
  }
}
