import { type Libc, POLLOUT } from "./libc.ts";
import type { ZygoteMessage } from "./messages.ts";

const CHUNK_BYTES = 64 * 1024;
const INPUT = 0;
const OUTPUT = 1;

/** The zygote's end of its pipes to the server: lines in, lines out, without an event loop. */
export class Pipe {
  readonly #libc: Libc;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  readonly #poll = new Int32Array(2);
  #rest = "";

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Reads what is there; undefined once the server has closed its end. */
  readLines(): string[] | undefined {
    const count = Number(this.#libc.read(INPUT, this.#chunk, BigInt(this.#chunk.length)));
    if (count === 0) return undefined;
    // Interrupted, or woken for nothing.
    if (count < 0) return [];
    const text = this.#decoder.decode(this.#chunk.subarray(0, count), { stream: true });
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    return lines;
  }

  /** Writes a message as a line. Returns false if nobody is there to read it. */
  send(message: ZygoteMessage): boolean {
    const bytes = this.#encoder.encode(JSON.stringify(message) + "\n");
    for (let sent = 0; sent < bytes.length;) {
      const rest = bytes.subarray(sent);
      const count = Number(this.#libc.write(OUTPUT, rest, BigInt(rest.length)));
      if (count > 0) sent += count;
      else if (!this.#waitForReader()) return false;
    }
    return true;
  }

  #waitForReader(): boolean {
    this.#poll[0] = OUTPUT;
    this.#poll[1] = POLLOUT;
    const ready = this.#libc.poll(new Uint8Array(this.#poll.buffer), 1n, -1);
    return ready < 0 || (this.#poll[1]! >> 16) === POLLOUT;
  }
}
