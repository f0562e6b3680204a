import { fillRandom } from "./system.ts";

const MAX_BYTES = 65536;

export const crypto = {
  getRandomValues<T extends ArrayBufferView>(view: T): T {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) {
      throw new TypeError("Random values go into an array of integers");
    }
    if (view.byteLength > MAX_BYTES) {
      throw new DOMException(
        `${view.byteLength} bytes are more than ${MAX_BYTES}`,
        "QuotaExceededError",
      );
    }
    fillRandom(new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength));
    return view;
  },

  /** A UUID of version 4. */
  randomUUID(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6]! & 0x0f | 0x40;
    bytes[8] = bytes[8]! & 0x3f | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
};

const pool = new Uint8Array(128);
const words = new DataView(pool.buffer);
let used = pool.length;

/** In place of the engine's own, whose seed would be the same for every request. */
export function random(): number {
  if (used === pool.length) {
    fillRandom(pool);
    used = 0;
  }
  const high = words.getUint32(used) >>> 5;
  const low = words.getUint32(used + 4) >>> 6;
  used += 8;
  return (high * 2 ** 26 + low) / 2 ** 53;
}
