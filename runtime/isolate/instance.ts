import { RESERVED, reservedMemory } from "../wasm/reserved.ts";
import type { ModuleInfo } from "../wasm/module_info.ts";
import type { WasiHost } from "../wasi/host.ts";

/** One live instance of an instrumented module, with its reserved exports in reach. */
export interface Instance {
  readonly exports: WebAssembly.Exports;
  readonly memories: readonly WebAssembly.Memory[];
  /** A view of each memory, in the same order; detached (length 0) once that memory has grown. */
  readonly views: Uint8Array[];
  /** Remembers the mutable globals as they are now, for `reset` to put back. */
  readonly snapshot: () => void;
  readonly reset: (fuelBudget: number, inlinePages: number) => void;
  readonly fuel: () => number;
  readonly state: () => number;
  readonly trap: () => never;
}

/**
 * Instantiates a prepared module. Throws what V8 throws: a data or element segment out of bounds, or no
 * address space left. Preparing a module tries this once, so a function that is served has passed it.
 */
export function instantiate(
  prepared: { readonly module: WebAssembly.Module; readonly info: ModuleInfo },
  imports: WebAssembly.Imports,
): Instance {
  const { exports } = new WebAssembly.Instance(prepared.module, imports);
  const memories = reservedMemories(prepared.info, exports);
  const snapshot = exports[RESERVED.snapshot] as Instance["snapshot"];
  snapshot();
  return {
    exports,
    memories,
    views: memories.map((memory) => new Uint8Array(memory.buffer)),
    snapshot,
    reset: exports[RESERVED.reset] as Instance["reset"],
    fuel: exports[RESERVED.fuel] as Instance["fuel"],
    state: exports[RESERVED.state] as Instance["state"],
    trap: exports[RESERVED.trap] as Instance["trap"],
  };
}

/** Shows the host the instance it serves. */
export function bindHost(host: WasiHost, instance: Instance, info: ModuleInfo): void {
  const memory = instance.exports.memory;
  host.bind(
    memory instanceof WebAssembly.Memory ? memory : undefined,
    // What the host throws could be caught by a module that uses exceptions; a trap cannot.
    info.usesExceptions ? instance.trap : undefined,
  );
}

function reservedMemories(info: ModuleInfo, exports: WebAssembly.Exports): WebAssembly.Memory[] {
  return info.memories.map((_, index) => exports[reservedMemory(index)] as WebAssembly.Memory);
}

/** 64 KiB pages over all memories. */
export function memoryPages(instance: Instance): number {
  let bytes = 0;
  for (const memory of instance.memories) bytes += memory.buffer.byteLength;
  return bytes / 65536;
}
