import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { PREVIEW1_SIGNATURES } from "../wasi/signatures.ts";
import type { ImportInfo, ModuleInfo } from "../wasm/module_info.ts";

const PREVIEW1 = "wasi_snapshot_preview1";

/** Refuses a module that wants anything Skerry does not provide, naming it. */
export function checkImports(info: ModuleInfo): Result<void, SkerryError> {
  for (const each of info.imports) {
    const reason = refusal(each);
    if (reason !== undefined) {
      return err(skerryError("invalid_module", `Cannot link this module: ${reason}`));
    }
  }
  return ok(undefined);
}

function refusal({ module, name, kind, signature }: ImportInfo): string | undefined {
  const wanted = `it imports ${kind} "${module}" "${name}"`;
  if (module === "wasi_unstable") {
    return `${wanted}, which is WASI's first draft; build it for ${PREVIEW1}`;
  }
  const provided = module === PREVIEW1 ? PREVIEW1_SIGNATURES.get(name) : undefined;
  if (kind !== "function" || provided === undefined) {
    return `${wanted}, and only the functions of ${PREVIEW1} are provided`;
  }
  if (signature !== provided) return `${wanted} as ${signature}, and it is ${provided}`;
  return undefined;
}
