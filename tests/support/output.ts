const PATIENCE_MS = 30_000;

/** What a process prints, and a way to wait for it without looking again and again. */
export class Output {
  text = "";
  #ended: string | undefined;
  #waiting: (() => void)[] = [];

  async collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      this.text += piece;
      this.#wake();
    }
  }

  end(reason: string): void {
    this.#ended = reason;
    this.#wake();
  }

  async contains(wanted: string): Promise<void> {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      this.#wake();
    }, PATIENCE_MS);
    while (!this.text.includes(wanted)) {
      if (timedOut || this.#ended !== undefined) {
        clearTimeout(timer);
        throw new Error(`Waited for "${wanted}" (${this.#ended ?? "timeout"}):\n${this.text}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    clearTimeout(timer);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
