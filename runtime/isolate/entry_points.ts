import { RESERVED } from "../wasm/reserved.ts";
import type { Instance } from "./instance.ts";

type Entry = () => unknown;

/** What a run calls, in order: the former start function, a reactor's `_initialize`, the handler. */
export interface EntryPoints {
  /** The handler's export name. */
  readonly name: string;
  readonly start: Entry | undefined;
  readonly initialize: Entry | undefined;
  readonly handler: Entry;
}

/**
 * Looks the entry points of a handler up.
 *
 * @param isInitialised Whether the instance is as its initialiser left it. @default false
 */
export function entryPoints(
  { exports }: Instance,
  name: string,
  isInitialised = false,
): EntryPoints {
  const handler = exports[name] as Entry;
  if (isInitialised) return { name, start: undefined, initialize: undefined, handler };
  return {
    name,
    start: exports[RESERVED.start] as Entry | undefined,
    // A command's `_start` initialises by itself.
    initialize: name === "_start" ? undefined : functionOf(exports._initialize),
    handler,
  };
}

function functionOf(exported: WebAssembly.ExportValue | undefined): Entry | undefined {
  return typeof exported === "function" ? exported as Entry : undefined;
}
