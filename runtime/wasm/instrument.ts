import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { readModule } from "./sections.ts";
import type { ModuleInfo } from "./module_info.ts";
import { Refusal } from "./reader.ts";
import { rewrite } from "./rewrite.ts";

/** What bounds an instrumented module. */
export interface InstrumentOptions {
  /** 64 KiB pages over all memories; also bounds the garbage-collected bytes a run may allocate. */
  readonly memoryPages: number;
  /** Elements over all tables. @default 1_000_000 */
  readonly tableElements?: number;
  /** False leaves fuel out, for benchmarks. @default true */
  readonly metered?: boolean;
}

/** A module that can be run within limits. */
export interface InstrumentedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly info: ModuleInfo;
}

/** Why a module cannot be used: malformed, beyond a limit, or of a feature that is not supported. */
export interface InvalidModule extends SkerryError {
  readonly code: "invalid_module";
  /** `offset` is where in the input; limits add what was asked for and what is allowed. */
  readonly details: Readonly<Record<string, number>> & { readonly offset: number };
}

const DEFAULT_TABLE_ELEMENTS = 1_000_000;

/**
 * Rewrites a module so that it counts fuel, keeps to its limits, and can be reset between runs by the
 * exports of `reserved.ts`. What the module computes does not change.
 *
 * The module is decoded, not validated: types are left to the engine, which refuses the output exactly if it
 * refuses the input. Everything else that could let code escape its meter is refused here, with an
 * {@linkcode InvalidModule}. Never throws; time and memory are linear in the length of the input.
 *
 * @example
 * ```ts
 * import { instrument } from "./instrument.ts";
 *
 * const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * const result = instrument(empty, { memoryPages: 2048 });
 * if (!result.ok) throw new Error(result.error.message);
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(result.value.bytes));
 * const reset = exports["skerry:reset"] as (fuel: number, inlinePages: number) => void;
 * reset(10_000_000_000, -1);
 * ```
 */
export function instrument(
  bytes: Uint8Array,
  options: InstrumentOptions,
): Result<InstrumentedModule, InvalidModule> {
  try {
    return ok(rewrite(bytes, readModule(bytes), {
      memoryPages: options.memoryPages,
      tableElements: options.tableElements ?? DEFAULT_TABLE_ELEMENTS,
      metered: options.metered ?? true,
    }));
  } catch (error) {
    if (error instanceof Refusal) return err(invalidModule(error));
    throw error;
  }
}

function invalidModule({ offset, reason, details }: Refusal): InvalidModule {
  const message = `Cannot use this module: ${reason} at offset ${offset}`;
  return skerryError("invalid_module", message, { offset, ...details }) as InvalidModule;
}
