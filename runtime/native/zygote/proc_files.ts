import { cText, type Libc, O_CLOEXEC, O_RDONLY } from "./libc.ts";

const PAGE_BYTES = 4096;
const DECODER = new TextDecoder();

/**
 * Files of `/proc/self`, read by the C library: Deno asks for all permissions there are before it opens one, and the zygote
 * has but one.
 */
export class ProcFiles {
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(256 * 1024);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** The beginning of a file as text, at most 256 KiB; "" if it cannot be read. */
  read(path: string): string {
    const fd = this.#libc.open(cText(path), O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return "";
    let length = 0;
    while (length < this.#buffer.length) {
      const rest = this.#buffer.subarray(length);
      const count = Number(this.#libc.read(fd, rest, BigInt(rest.length)));
      if (count <= 0) break;
      length += count;
    }
    this.#libc.close(fd);
    return DECODER.decode(this.#buffer.subarray(0, length));
  }

  /** Bytes of address space this process has. */
  addressSpaceBytes(): number {
    return parseInt(this.read("/proc/self/statm"), 10) * PAGE_BYTES;
  }

  /** The process ids of this process's children. */
  children(): number[] {
    const text = this.read("/proc/thread-self/children");
    return text.split(" ").filter((pid) => pid !== "").map(Number);
  }
}
