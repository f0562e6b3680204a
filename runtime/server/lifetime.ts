/** How long a server lives. What it opens is closed at its end, the last first, as the later rests on the earlier. */
export class Lifetime {
  readonly #closings: (() => unknown)[] = [];
  #isEnding = false;

  /** Whether the end has come, or has been announced: what fails from now on is no news. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  announceEnd(): void {
    this.#isEnding = true;
  }

  /** @param close May take its time; whatever was opened before is closed after that. */
  atEnd(close: () => unknown): void {
    this.#closings.push(close);
  }

  /** Closes everything. */
  async end(): Promise<void> {
    this.announceEnd();
    for (const close of this.#closings.splice(0).reverse()) await close();
  }
}
