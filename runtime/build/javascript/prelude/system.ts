/** Standard input and output, the environment, randomness and waiting, by WASI. */
import { native } from "./native.ts";
import { noteLate } from "./late.ts";

export const STDOUT = 1;
export const STDERR = 2;

/** Scratch for WASI: an iovec, then what a call counts. */
const words = new Uint32Array(8);
const wordsAt = native.address(new Uint8Array(words.buffer));
const countAt = wordsAt + 16;
const COUNT = 4;

/** Writes all of it. */
export function write(fd: number, bytes: Uint8Array): void {
  let at = native.address(bytes);
  let left = bytes.length;
  while (left > 0) {
    words[0] = at;
    words[1] = left;
    if (native.fd_write(fd, wordsAt, 1, countAt) !== 0) return;
    at += words[COUNT]!;
    left -= words[COUNT]!;
  }
}

/** Reads all of standard input that is left. */
export function readInput(): Uint8Array<ArrayBuffer> {
  noteLate();
  let buffer = new Uint8Array(4096);
  let length = 0;
  for (;;) {
    words[0] = native.address(buffer) + length;
    words[1] = buffer.length - length;
    if (native.fd_read(0, wordsAt, 1, countAt) !== 0 || words[COUNT] === 0) break;
    length += words[COUNT]!;
    if (length === buffer.length) {
      const larger = new Uint8Array(length * 4);
      larger.set(buffer);
      buffer = larger;
    }
  }
  return buffer.slice(0, length);
}

/** The environment, in its order. */
export function readEnvironment(): [name: string, value: string][] {
  if (native.environ_sizes_get(wordsAt, countAt) !== 0 || words[0] === 0) return [];
  const pointers = new Uint8Array(words[0]! * 4);
  const bytes = new Uint8Array(words[COUNT]!);
  native.environ_get(native.address(pointers), native.address(bytes));
  const block = native.decode(bytes.subarray(0, bytes.length - 1));
  return block.split("\0").map((each) => {
    const end = each.indexOf("=");
    return [each.slice(0, end), each.slice(end + 1)];
  });
}

export function fillRandom(bytes: Uint8Array): void {
  noteLate();
  if (bytes.length > 0) native.random_get(native.address(bytes), bytes.length);
}

const subscription = new Uint8Array(48);
const event = new Uint8Array(32);
const MONOTONIC = 1;

/** Waits. */
export function sleep(ms: number): void {
  const view = new DataView(subscription.buffer);
  view.setUint32(16, MONOTONIC, true);
  view.setBigUint64(24, BigInt(Math.ceil(ms * 1e6)), true);
  native.poll_oneoff(native.address(subscription), native.address(event), 1, countAt);
}
