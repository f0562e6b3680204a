/** A function's answer, read from its standard output. */
export interface FunctionOutput {
  readonly status: number;
  /** The `content-type`, or "" for none. */
  readonly contentType: string;
  /** All other headers, lower-case names, in order, repetitions kept; valid for `Headers`. */
  readonly headers: readonly ResponseHeader[];
  readonly body: Uint8Array;
}

/** One header: name and value. */
export type ResponseHeader = [name: string, value: string];

/** The headers of most answers. */
export const NO_HEADERS: readonly ResponseHeader[] = [];
