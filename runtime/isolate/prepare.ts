import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { WasiHost, type WasiHostOptions } from "../wasi/host.ts";
import { instrument } from "../wasm/instrument.ts";
import type { ModuleInfo } from "../wasm/module_info.ts";
import { checkImports } from "./check_imports.ts";
import { instantiate } from "./instance.ts";
import type { PreparedModule } from "./prepared_module.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Turns a module's bytes into something that can run: instruments, links and compiles, off the calling
 * thread. The bytes are transferred away. Refused modules are an `invalid_module` error.
 */
export type Prepare = (
  bytes: Uint8Array<ArrayBuffer>,
  options: PrepareOptions,
) => Promise<Result<Initialised<PreparedModule>, SkerryError>>;

/** What preparation needs to know of a function's configuration. */
export interface PrepareOptions {
  /** The function's memory limit, 64 KiB pages over all memories. */
  readonly memoryPages: number;
}

/** A module that passed, not yet numbered. */
export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly info: ModuleInfo;
}

/** A module, and what its initialiser leaves, if it has one: every instance starts from there. */
export type Initialised<T> = T & { readonly snapshot?: Snapshot };

/**
 * Instruments, links, compiles and once instantiates a module on this thread: what passes can be run.
 *
 * @param bytes A WebAssembly binary.
 * @param system For the trial instance; nothing runs in it.
 */
export async function compileModule(
  bytes: Uint8Array<ArrayBuffer>,
  options: PrepareOptions,
  system: WasiHostOptions,
): Promise<Result<CompiledModule, SkerryError>> {
  const instrumented = instrument(bytes, options);
  if (!instrumented.ok) return instrumented;
  const { info } = instrumented.value;
  const linked = checkImports(info);
  if (!linked.ok) return linked;
  try {
    const module = await WebAssembly.compile(instrumented.value.bytes);
    instantiate({ module, info }, new WasiHost(system).imports);
    return ok({ module, info });
  } catch (thrown) {
    return err(refused(thrown));
  }
}

function refused(thrown: unknown): SkerryError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  // V8 speaks of the instrumented module; its prefix and offsets would mislead.
  const plain = reason
    .replace(/^WebAssembly\.(compile|Instance|Module)\(\): /, "")
    .replace(/ @\+\d+$/, "");
  return skerryError("invalid_module", `Cannot use this module: ${plain}`);
}
