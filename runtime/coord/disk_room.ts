import { statfsSync } from "node:fs";

/** What {@linkcode DiskRoom} asks of a file system, as `statfs` answers it. */
export interface DiskStats {
  /** Bytes of a block. */
  readonly bsize: number;
  readonly blocks: number;
  /** Blocks that are free for everyone. */
  readonly bavail: number;
}

/** Left for what must go on when there is no room for more: releases, leases that end, the database's own files. */
const RESERVE_BYTES = 16 * 1024 * 1024;
const RESERVE_SHARE = 0.1;
/** How long an answer of the system is good for, which takes it longer than a command. */
const FRESH_MS = 100;
/** A byte is written to the write-ahead log and to the database, each in whole pages. */
const BYTES_ON_DISK = 3;

/**
 * Tells before anything is done whether the disk has room for it. A commit that fails for want of room ends the server, as
 * nobody knows then what the disk has.
 */
export class DiskRoom {
  readonly #look: () => DiskStats;
  readonly #now: () => number;
  #lookedMs = -Infinity;
  #freeBytes = 0;

  /**
   * @param look Asks the file system.
   * @param now Milliseconds that never go back.
   */
  constructor(look: () => DiskStats, now: () => number) {
    this.#look = look;
    this.#now = now;
  }

  /** Of the file system that holds this folder. */
  static of(folder: string): DiskRoom {
    return new DiskRoom(() => statfsSync(folder), () => performance.now());
  }

  /** Whether there is room for so many bytes, which are then taken to be written. */
  take(bytes: number): boolean {
    if (this.#now() - this.#lookedMs >= FRESH_MS) this.#refresh();
    const needed = bytes * BYTES_ON_DISK;
    if (this.#freeBytes < needed) return false;
    this.#freeBytes -= needed;
    return true;
  }

  #refresh(): void {
    const { bsize, blocks, bavail } = this.#look();
    this.#lookedMs = this.#now();
    this.#freeBytes = bavail * bsize - Math.min(RESERVE_BYTES, blocks * bsize * RESERVE_SHARE);
  }
}
