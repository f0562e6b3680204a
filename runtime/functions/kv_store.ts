import { Buffer } from "node:buffer";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";

/** The keys and values of one namespace. */
export type KvEntries = Readonly<Record<string, string>>;

/** Bytes of keys and values, as UTF-8, that a namespace holds at most by default. */
const DEFAULT_MAX_BYTES = 1024 * 1024;

const EMPTY: KvEntries = Object.freeze({});

/**
 * The key-value store of the JSON ABI, in memory: a function gets all entries of its namespace with the
 * request, and the ones it answers with take their place.
 *
 * @example
 * ```ts
 * import { KvStore } from "./kv_store.ts";
 *
 * const store = new KvStore();
 * store.replace("counter", { visits: "1" });
 * console.log(store.get("counter").visits); // "1"
 * ```
 */
export class KvStore {
  readonly #namespaces = new Map<string, KvEntries>();
  readonly #maxBytes: number;

  /** @param options `maxBytes` bounds each namespace. Default 1 MiB. */
  constructor(options: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  }

  /** Every entry of a namespace; none if nothing was ever stored. Later replacements do not show in it. */
  get(namespace: string): KvEntries {
    return this.#namespaces.get(namespace) ?? EMPTY;
  }

  /**
   * Puts `entries` in the place of everything the namespace held. Over the limit it is a
   * `bad_function_output`, and what was there stays.
   */
  replace(namespace: string, entries: KvEntries): Result<void, SkerryError> {
    const bytes = countBytes(entries);
    if (bytes > this.#maxBytes) {
      const message = `Cannot store the key-value namespace "${namespace}": ` +
        `${bytes} bytes of keys and values are over the limit of ${this.#maxBytes}`;
      return err(skerryError("bad_function_output", message, { namespace, bytes }));
    }
    this.#namespaces.set(namespace, Object.freeze({ ...entries }));
    return ok(undefined);
  }
}

function countBytes(entries: KvEntries): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(entries)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes;
}
