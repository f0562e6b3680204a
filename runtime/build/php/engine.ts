import type { SkerryError } from "../../errors.ts";
import type { Result } from "../../result.ts";
import { keepSuccess } from "../keep_success.ts";
import type { ToolchainPlaces } from "../toolchain_package.ts";
import { PhpProgram } from "./program.ts";

/**
 * Loads PHP, once a thread.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export const loadPhp = keepSuccess((places: ToolchainPlaces) => PhpProgram.load(places));

/**
 * Makes the module that PHP functions run on: PHP, started. Takes seconds of the calling thread's.
 *
 * @returns `toolchain_missing` with the command that installs PHP
 */
export async function loadPhpModule(
  places: ToolchainPlaces,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const program = await loadPhp(places);
  return program.ok ? program.value.start() : program;
}
