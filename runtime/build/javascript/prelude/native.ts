/**
 * What the engine is given by Skerry; see `../natives.ts`. Addresses, lengths and error numbers are integers.
 */
export interface Native {
  /** Where the bytes of an array are; they stay there. */
  address(bytes: Uint8Array): number;
  /** UTF-8; lone surrogates come out as if they were characters. */
  encode(text: string): Uint8Array<ArrayBuffer>;
  /** Only right for what is valid UTF-8. */
  decode(bytes: Uint8Array): string;
  /** Runs the user's module. */
  evaluate(): Promise<unknown>;
  /** What the user's module exports, once it has run. */
  namespace(): Record<string, unknown>;
  proc_exit(code: number): void;
  fd_read(fd: number, iovs: number, iovsLength: number, countAt: number): number;
  fd_write(fd: number, iovs: number, iovsLength: number, countAt: number): number;
  environ_sizes_get(countAt: number, sizeAt: number): number;
  environ_get(pointersAt: number, bytesAt: number): number;
  random_get(at: number, length: number): number;
  poll_oneoff(subscriptionsAt: number, eventsAt: number, count: number, countAt: number): number;

  /** Takes the next step of a run; true if there is another. Set by this prelude. */
  step?: () => boolean;
  /** How loading the user's module went, as JSON of a `LoadReport`. Set by this prelude. */
  report?: string;
  /** What the next run is for. Set by the builder, as are those below. */
  mode: "load" | "serve";
  /** `1` if the user's module has been evaluated. */
  loaded: string;
  /** The user's file. */
  fileName: string;
  /** The mappings of the source map from what the engine runs to the user's file. */
  mappings: string;
}

const scope = globalThis as { skerryNative?: Native };

/** Out of reach of the user's code from here on. */
export const native: Native = scope.skerryNative!;
delete scope.skerryNative;
