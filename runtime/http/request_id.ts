const ACCEPTED = /^[\w.:-]{1,128}$/;
const PREFIX_SPACE = 36 ** 8;

/**
 * Names requests. A client's own `x-request-id` is kept if it is short and plain; others are a random
 * prefix per process and a counter, because calling for cryptographic randomness costs more than the name is worth.
 */
export class RequestIds {
  readonly #prefix: string;
  #count = 0;

  constructor(random: () => number) {
    this.#prefix = Math.floor(random() * PREFIX_SPACE).toString(36).padStart(8, "0") + "-";
  }

  /** The id of this request. */
  of(request: Request): string {
    const given = request.headers.get("x-request-id");
    if (given !== null && ACCEPTED.test(given)) return given;
    return this.#prefix + (++this.#count).toString(36);
  }
}
