import { wasi } from "@bjorn3/browser_wasi_shim";
import { BYTES_PER_UNIT, type Run } from "./run.ts";

/** Fills at most 65,536 bytes with secure random ones. The target is never shared memory. */
export type RandomSource = (target: Uint8Array<ArrayBuffer>) => void;

/** The platform's secure generator, in the pieces that Web Cryptography allows. */
export const secureRandom: RandomSource = (target) => {
  crypto.getRandomValues(target);
};

/** Most bytes `crypto.getRandomValues` fills at once (Web Cryptography, section 10.1.1). */
const MAX_PIECE_BYTES = 65536;

/** Randomness costs about sixteen times as much as copying. */
const RANDOM_BYTES_PER_UNIT = BYTES_PER_UNIT / 16;

/** `random_get`. */
export function randomCalls(run: Run, random: RandomSource) {
  return {
    /** Fills `length` bytes at `buffer`. EFAULT: bad pointer. */
    random_get(buffer: number, length: number): number {
      run.enter();
      const start = buffer >>> 0;
      const end = start + (length >>> 0);
      if (end > run.memory.size) return wasi.ERRNO_FAULT;
      for (let at = start; at < end; at += MAX_PIECE_BYTES) {
        random(run.memory.bytes.subarray(at, Math.min(at + MAX_PIECE_BYTES, end)));
        run.spend(MAX_PIECE_BYTES / RANDOM_BYTES_PER_UNIT);
      }
      return wasi.ERRNO_SUCCESS;
    },
  };
}
