import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { EngineName } from "./artifact.ts";
import { loadPhpModule } from "./php/engine.ts";
import { loadJavaScriptModule } from "./javascript/engine.ts";
import { loadPythonModule } from "./python/engine.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";

type LoadModule = (
  places: ToolchainPlaces,
) => Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>>;

/** Every interpreter. To add one, write how its module is read and list it here. */
const ENGINES: Readonly<Record<EngineName, LoadModule>> = {
  php: loadPhpModule,
  python: loadPythonModule,
  quickjs: loadJavaScriptModule,
};

/**
 * Reads the module of an interpreter, as its functions' artifacts need it. The package loads at first use.
 *
 * @returns `toolchain_missing` with the command that installs it
 *
 * @example
 * ```ts
 * import { loadEngine } from "./engines.ts";
 *
 * const python = await loadEngine("python", { toolchainsFolder: ".skerry/toolchains" });
 * if (python.ok) console.log(python.value.length > 1_000_000); // true
 * ```
 */
export function loadEngine(
  engine: EngineName,
  places: ToolchainPlaces,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  return ENGINES[engine](places);
}
