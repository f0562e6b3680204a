import type { ModuleInfo } from "../wasm/module_info.ts";
import type { PreparedModule } from "./prepared_module.ts";

/** What is known of a module in which there is nothing. */
export const EMPTY_INFO: ModuleInfo = {
  imports: [],
  exports: [],
  memories: [],
  hasStart: false,
  isRecyclable: true,
  usesExceptions: false,
  codeBytes: 0,
  largestFunctionBytes: 0,
  tableElements: 0,
};

/** A prepared module for tests in which nothing runs. */
export const EMPTY_MODULE: PreparedModule = {
  id: 1,
  module: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
  info: EMPTY_INFO,
};
