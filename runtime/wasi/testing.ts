/**
 * What the tests of this folder share: a fake clock, a guest made of a bare memory, and sentinels.
 */
import { assertEquals } from "@std/assert";
import type { WasiClock } from "./wasi_clock.ts";
import { WasiHost, type WasiHostOptions } from "./host.ts";
import type { RunBounds } from "./run.ts";
import type { RunIo, StringBlock } from "./run_io.ts";
import type { Sleeper } from "./sleeper.ts";
import { isStopSignal } from "./stop_signal.ts";

/** Byte that fills guest memory before a call, so that stray writes show. */
export const SENTINEL = 0xa5;

/** A function of the host, as a module calls it. */
export type HostCall = (...args: (number | bigint)[]) => number;

/** 2020-01-01T00:00:00Z, nanoseconds. */
export const START_REALTIME_NS = 1_577_836_800_000_000_000n;

/** A clock that stands still unless told otherwise, and a sleeper that only moves it. */
export class FakeTime implements WasiClock, Sleeper {
  ms = 1000;
  /** How long each sleep asked for was. */
  readonly sleptMs: number[] = [];
  /** Milliseconds after which every sleep is interrupted. */
  interruptAfterMs = Infinity;

  readonly nowMs = (): number => this.ms;
  readonly monotonicNs = (): bigint => BigInt(Math.round(this.ms * 1e6));
  readonly realtimeNs = (): bigint => START_REALTIME_NS + this.monotonicNs();

  sleep(ms: number): "elapsed" | "interrupted" {
    this.sleptMs.push(ms);
    this.ms += Math.min(ms, this.interruptAfterMs);
    return ms > this.interruptAfterMs ? "interrupted" : "elapsed";
  }
}

/** A `StringBlock` of these strings. */
export function strings(...values: string[]): StringBlock {
  const bytes = new TextEncoder().encode(values.map((value) => `${value}\0`).join(""));
  return { bytes, count: values.length };
}

/** Input and output of a run as plain values. */
export class FakeIo implements RunIo {
  stdinBytes: Uint8Array = new Uint8Array(0);
  argStrings: string[] = [];
  environStrings: string[] = [];
  /** How often `args` and `environ` were asked for. */
  blocksMade = 0;
  written: { stdout: number[]; stderr: number[] } = { stdout: [], stderr: [] };
  /** Most bytes one write takes. */
  takeBytes = Infinity;
  /** Bytes of standard output after which it answers "stop". */
  stdoutLimit = Infinity;

  args(): StringBlock {
    this.blocksMade++;
    return strings(...this.argStrings);
  }

  environ(): StringBlock {
    this.blocksMade++;
    return strings(...this.environStrings);
  }

  readonly stdin = {
    read: (target: Uint8Array): number => {
      const chunk = this.stdinBytes.subarray(0, target.length);
      target.set(chunk);
      this.stdinBytes = this.stdinBytes.subarray(chunk.length);
      return chunk.length;
    },
  };
  readonly stdout = {
    write: (bytes: Uint8Array): number | "stop" => {
      if (this.written.stdout.length + bytes.length > this.stdoutLimit) return "stop";
      return this.#take("stdout", bytes);
    },
  };
  readonly stderr = { write: (bytes: Uint8Array): number => this.#take("stderr", bytes) };

  /** What was written so far, as text. */
  text(stream: "stdout" | "stderr"): string {
    return new TextDecoder().decode(new Uint8Array(this.written[stream]));
  }

  #take(stream: "stdout" | "stderr", bytes: Uint8Array): number {
    const taken = bytes.subarray(0, Math.min(bytes.length, this.takeBytes));
    this.written[stream].push(...taken);
    return taken.length;
  }
}

/** A host, a memory full of sentinels, and helpers to call it as a module would. */
export class Guest {
  readonly time = new FakeTime();
  readonly io = new FakeIo();
  readonly host: WasiHost;
  memory: WebAssembly.Memory;
  readonly call: Record<string, HostCall>;

  constructor(options: Partial<WasiHostOptions> = {}, bounds: Partial<RunBounds> = {}) {
    this.host = new WasiHost({
      clock: this.time,
      random: (target) => target.fill(7),
      sleeper: this.time,
      ...options,
    });
    this.call = this.host.imports.wasi_snapshot_preview1 as Record<string, HostCall>;
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    this.bytes.fill(SENTINEL);
    this.host.bind(this.memory);
    this.begin(bounds);
  }

  begin(bounds: Partial<RunBounds> = {}): void {
    this.host.begin(this.io, { deadlineMs: Infinity, hostCalls: Infinity, ...bounds });
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** Puts UTF-8 text at `at` and answers its length in bytes. */
  put(at: number, text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.bytes.set(bytes, at);
    return bytes.length;
  }

  /** Text of `length` bytes at `at`. */
  text(at: number, length: number): string {
    return new TextDecoder().decode(this.bytes.slice(at, at + length));
  }

  /** Writes vectors, pairs of pointer and length, at `at`. */
  putVectors(at: number, ...vectors: [pointer: number, length: number][]): void {
    vectors.forEach(([pointer, length], i) => {
      this.view.setUint32(at + i * 8, pointer, true);
      this.view.setUint32(at + i * 8 + 4, length, true);
    });
  }

  u32(at: number): number {
    return this.view.getUint32(at, true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(at, true);
  }

  /**
   * Asserts that `length` bytes from `at` are the only ones that are not sentinels around there.
   */
  assertWroteOnly(at: number, length: number): void {
    const around = [
      ...this.bytes.slice(at - 16, at),
      ...this.bytes.slice(at + length, at + length + 16),
    ];
    assertEquals(around, new Array(32).fill(SENTINEL));
  }

  /** Whether calling this stops the run. */
  stops(call: () => unknown): boolean {
    try {
      call();
      return false;
    } catch (thrown) {
      if (!isStopSignal(thrown)) throw thrown;
      return true;
    }
  }
}
