/** What a run may use of one file system, and how much it does. */
export class Quota {
  readonly maxBytes: number;
  readonly maxEntries: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes: number, maxEntries: number) {
    this.maxBytes = maxBytes;
    this.maxEntries = maxEntries;
  }

  /** Takes up to this many bytes; answers how many there was room for. */
  charge(bytes: number): number {
    const granted = Math.min(bytes, this.maxBytes - this.#bytes);
    this.#bytes += granted;
    return granted;
  }

  refund(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Takes one entry; false if there is no room. */
  chargeEntry(): boolean {
    if (this.#entries >= this.maxEntries) return false;
    this.#entries++;
    return true;
  }

  refundEntry(): void {
    this.#entries--;
  }

  /** Forgets what was used. */
  reset(): void {
    this.#bytes = 0;
    this.#entries = 0;
  }
}
