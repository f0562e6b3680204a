/**
 * The host that the fuel vectors and the differential tests run on; `scripts/fuel_vectors/host.py` is the same
 * in Python. It answers what the samples ask of WASI preview1 in the simplest way that is the same everywhere:
 * frozen clocks, constant randomness, three descriptors that are no terminals, no files.
 */

const encode = (text: string) => new TextEncoder().encode(text);
const ARGS = ["guest"].map(encode);
const ENVIRON = ["REQUEST_METHOD=GET", "SCRIPT_NAME=/guest", "PARAM_NAME=world"].map(encode);
const STDIN = encode(
  `{"url":"http://localhost/guest","method":"GET","headers":{},"body":"","kv":{},"params":{}}`,
);

const ERRNO = { success: 0, badf: 8, spipe: 70 } as const;
const FILETYPE_REGULAR = 4;

/** Thrown by `proc_exit`. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** The imports of one instance, and what it wrote. */
export class PlainHost {
  readonly output: Uint8Array[] = [];
  /** The instance's memory, for host calls to write into. */
  memory: WebAssembly.Memory | undefined;
  #stdinRead = 0;

  /** Begins a run: standard input is read from its beginning. */
  restart(): void {
    this.output.length = 0;
    this.#stdinRead = 0;
  }

  /** What to instantiate with. */
  get imports(): WebAssembly.Imports {
    return {
      host: { double: (value: number) => value * 2 },
      wasi_snapshot_preview1: { ...this.#strings(), ...this.#descriptors(), ...this.#system() },
    };
  }

  get #view(): DataView {
    return new DataView(this.memory!.buffer);
  }

  #bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.memory!.buffer, start, length);
  }

  #strings() {
    return {
      args_sizes_get: (count: number, size: number) => this.#writeSizes(ARGS, count, size),
      args_get: (pointers: number, data: number) => this.#writeStrings(ARGS, pointers, data),
      environ_sizes_get: (count: number, size: number) => this.#writeSizes(ENVIRON, count, size),
      environ_get: (pointers: number, data: number) => this.#writeStrings(ENVIRON, pointers, data),
    };
  }

  #descriptors() {
    return {
      fd_close: (fd: number) => fd < 3 ? ERRNO.success : ERRNO.badf,
      fd_fdstat_get: (fd: number, stat: number) => this.#fdstat(fd, stat),
      fd_prestat_get: () => ERRNO.badf,
      fd_prestat_dir_name: () => ERRNO.badf,
      fd_read: (fd: number, iovs: number, count: number, read: number) =>
        this.#read(fd, iovs, count, read),
      fd_seek: () => ERRNO.spipe,
      fd_write: (fd: number, iovs: number, count: number, written: number) =>
        this.#write(fd, iovs, count, written),
    };
  }

  #system() {
    return {
      clock_time_get: (_clock: number, _precision: bigint, time: number) => {
        this.#view.setBigUint64(time, 1_000_000_000n, true);
        return ERRNO.success;
      },
      random_get: (data: number, length: number) => {
        this.#bytes(data, length).fill(7);
        return ERRNO.success;
      },
      proc_exit: (code: number) => {
        throw new Exit(code);
      },
    };
  }

  #fdstat(fd: number, stat: number): number {
    if (fd >= 3) return ERRNO.badf;
    const bytes = this.#bytes(stat, 24);
    bytes.fill(0, 0, 8);
    bytes[0] = FILETYPE_REGULAR;
    bytes.fill(0xff, 8);
    return ERRNO.success;
  }

  #read(fd: number, iovs: number, count: number, read: number): number {
    if (fd !== 0) return ERRNO.badf;
    let total = 0;
    for (const buffer of this.#buffers(iovs, count)) {
      const chunk = STDIN.subarray(this.#stdinRead, this.#stdinRead + buffer.length);
      buffer.set(chunk);
      this.#stdinRead += chunk.length;
      total += chunk.length;
    }
    this.#view.setUint32(read, total, true);
    return ERRNO.success;
  }

  #write(fd: number, iovs: number, count: number, written: number): number {
    if (fd !== 1 && fd !== 2) return ERRNO.badf;
    let total = 0;
    for (const buffer of this.#buffers(iovs, count)) {
      this.output.push(buffer.slice());
      total += buffer.length;
    }
    this.#view.setUint32(written, total, true);
    return ERRNO.success;
  }

  #buffers(iovs: number, count: number): Uint8Array[] {
    return Array.from({ length: count }, (_, i) => {
      const at = iovs + 8 * i;
      return this.#bytes(this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true));
    });
  }

  #writeSizes(strings: readonly Uint8Array[], count: number, size: number): number {
    this.#view.setUint32(count, strings.length, true);
    this.#view.setUint32(size, strings.reduce((sum, each) => sum + each.length + 1, 0), true);
    return ERRNO.success;
  }

  #writeStrings(strings: readonly Uint8Array[], pointers: number, data: number): number {
    for (const each of strings) {
      this.#view.setUint32(pointers, data, true);
      const target = this.#bytes(data, each.length + 1);
      target.set(each);
      target[each.length] = 0;
      pointers += 4;
      data += each.length + 1;
    }
    return ERRNO.success;
  }
}
