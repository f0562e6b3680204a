import type { ModuleInfo } from "../wasm/module_info.ts";

/** One version of a function, instrumented and compiled; may be posted between threads. */
export interface PreparedModule {
  /** Names this version in messages between threads; unique in the process. */
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly info: ModuleInfo;
}
