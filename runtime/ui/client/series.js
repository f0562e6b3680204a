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
    [seconds, ...values].forEach((value, i) => {
      const column = this.columns[i];
      column.push(value);
      if (column.length > this.#capacity) column.shift();
    });
  }
}
