/** Longer without a point, and the line is interrupted. */
const GAP_S = 5;

/** The last so many points of several values over time; older ones make room. */
export class Series {
  #capacity;
  /** Seconds since 1970, then each value; the form charts take. */
  columns;

  /** @param {number} width Values of a point @param {number} capacity Points kept */
  constructor(width, capacity = 300) {
    this.#capacity = capacity;
    this.columns = Array.from({ length: width + 1 }, () => []);
  }

  /** @param {number} seconds @param {readonly (number | null)[]} values */
  add(seconds, values) {
    if (seconds - this.columns[0].at(-1) > GAP_S) this.#push(seconds - 1, values.map(() => null));
    this.#push(seconds, values);
  }

  #push(seconds, values) {
    [seconds, ...values].forEach((value, i) => {
      const column = this.columns[i];
      column.push(value);
      if (column.length > this.#capacity) column.shift();
    });
  }
}
