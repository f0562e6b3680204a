import { wasi } from "@bjorn3/browser_wasi_shim";
import type { Descriptor } from "./descriptor.ts";

/** The open descriptors of one run, by number. */
export class DescriptorTable {
  readonly #initial: readonly Descriptor[];
  readonly #maxDescriptors: number;
  #slots: (Descriptor | undefined)[];
  /** Whether there is anything for {@linkcode reset} to undo. */
  #isTouched = false;

  /**
   * Every run begins with `initial` at 0, 1, 2, ... and may have `maxDescriptors` open at a time.
   */
  constructor(initial: readonly Descriptor[], maxDescriptors: number) {
    this.#initial = initial;
    this.#maxDescriptors = maxDescriptors;
    this.#slots = [...initial];
  }

  /** The descriptor with this number, if it is open. */
  get(fd: number): Descriptor | undefined {
    return fd >= 0 && fd < this.#slots.length ? this.#slots[fd] : undefined;
  }

  /**
   * Whether one more can be opened. Asked before a file is created, so that a refusal changes
   * nothing.
   */
  get hasRoom(): boolean {
    return this.#lowestFree() < this.#maxDescriptors;
  }

  /** Gives a descriptor the lowest free number. There must be room. */
  add(descriptor: Descriptor): number {
    this.#isTouched = true;
    const fd = this.#lowestFree();
    this.#slots[fd] = descriptor;
    return fd;
  }

  /** Closes a descriptor. EBADF: it is not open. */
  close(fd: number): number {
    const descriptor = this.get(fd);
    if (descriptor === undefined) return wasi.ERRNO_BADF;
    this.#isTouched = true;
    this.#slots[fd] = undefined;
    return descriptor.fd_close();
  }

  /**
   * Makes `to` mean what `from` does, and closes what `to` meant and `from`. EBADF: one is not
   * open.
   */
  renumber(from: number, to: number): number {
    const descriptor = this.get(from);
    if (descriptor === undefined || this.get(to) === undefined) return wasi.ERRNO_BADF;
    if (from === to) return wasi.ERRNO_SUCCESS;
    this.close(to);
    this.#slots[to] = descriptor;
    this.#slots[from] = undefined;
    return wasi.ERRNO_SUCCESS;
  }

  /** Notes that a descriptor itself is about to be changed, not only its number. */
  touch(): void {
    this.#isTouched = true;
  }

  /** Closes what a run opened, and opens again what it closed. */
  reset(): void {
    if (!this.#isTouched) return;
    for (const descriptor of this.#slots) descriptor?.fd_close();
    for (const descriptor of this.#initial) descriptor.reset();
    this.#slots = [...this.#initial];
    this.#isTouched = false;
  }

  #lowestFree(): number {
    for (let fd = 0; fd < this.#slots.length; fd++) {
      if (this.#slots[fd] === undefined) return fd;
    }
    return this.#slots.length;
  }
}
