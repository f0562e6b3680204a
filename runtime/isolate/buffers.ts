import type { ByteSink, ByteSource } from "../wasi/run_io.ts";

const INITIAL_BYTES = 1024;
/** A buffer that one large answer stretched is let go of, so that memory goes back after a burst. */
const KEPT_BYTES = 256 * 1024;

const NOTHING = new Uint8Array(0);

/** What a sink does with bytes past its limit. */
export type OverflowPolicy = "stop" | "drop";

/** Collects a run's output in one buffer that is reused from run to run. */
export class BufferSink implements ByteSink {
  #buffer = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  #limitBytes = 0;
  readonly #overflow: OverflowPolicy;

  /** @param overflow `stop` ends the run at the limit; `drop` takes what follows without keeping it. */
  constructor(overflow: OverflowPolicy) {
    this.#overflow = overflow;
  }

  /** Forgets what was written and sets how many bytes may be now. */
  restart(limitBytes: number): void {
    this.#limitBytes = limitBytes;
    this.#clear();
  }

  write(bytes: Uint8Array): number | "stop" {
    const end = this.#length + bytes.length;
    if (end > this.#limitBytes) return this.#writeOverLimit(bytes);
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(bytes, this.#length);
    this.#length = end;
    return bytes.length;
  }

  /** A copy of what was written since the last take, which is then forgotten. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.#length === 0) return NOTHING;
    const bytes = this.#buffer.slice(0, this.#length);
    this.#clear();
    return bytes;
  }

  #clear(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(INITIAL_BYTES);
  }

  #writeOverLimit(bytes: Uint8Array): number | "stop" {
    if (this.#overflow === "stop") return "stop";
    const room = this.#limitBytes - this.#length;
    if (room > 0) this.write(bytes.subarray(0, room));
    return bytes.length;
  }

  #grow(neededBytes: number): void {
    const doubled = Math.min(Math.max(neededBytes, this.#buffer.length * 2), this.#limitBytes);
    const larger = new Uint8Array(doubled);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Reads from bytes in memory; refilled for every run. */
export class BufferSource implements ByteSource {
  #bytes: Uint8Array = NOTHING;
  #offset = 0;

  /** Starts over with these bytes. */
  refill(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#offset = 0;
  }

  read(target: Uint8Array): number {
    const count = Math.min(target.length, this.#bytes.length - this.#offset);
    if (count > 0) target.set(this.#bytes.subarray(this.#offset, this.#offset + count));
    this.#offset += count;
    return count;
  }
}
