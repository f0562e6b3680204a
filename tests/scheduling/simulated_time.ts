/** Time that passes only from one event to the next. */
export class SimulatedTime {
  nowMs = 0;
  /** Ordered by time; of equals, the earlier planned first. */
  readonly #events: { readonly atMs: number; readonly happen: () => void }[] = [];

  /** Plans an event. */
  after(ms: number, happen: () => void): void {
    const atMs = this.nowMs + ms;
    let index = this.#events.length;
    while (index > 0 && this.#events[index - 1]!.atMs > atMs) index--;
    this.#events.splice(index, 0, { atMs, happen });
  }

  /** Plans an event again and again, until the returned function is called. */
  every(ms: number, happen: () => void): () => void {
    let isOn = true;
    const plan = () =>
      this.after(ms, () => {
        if (!isOn) return;
        happen();
        plan();
      });
    plan();
    return () => isOn = false;
  }

  /** Goes on to the next event; false if there is none. */
  next(): boolean {
    const event = this.#events.shift();
    if (event === undefined) return false;
    this.nowMs = event.atMs;
    event.happen();
    return true;
  }
}
