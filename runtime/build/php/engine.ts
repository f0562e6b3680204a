import type { SkerryError } from "../../errors.ts";
import type { Result } from "../../result.ts";
import type { ToolchainPlaces } from "../toolchain_package.ts";
import { PhpProgram } from "./program.ts";

/** Compiled once a thread; a failure is not kept. */
let loading: Promise<Result<PhpProgram, SkerryError>> | undefined;

/**
 * Loads PHP.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export async function loadPhp(places: ToolchainPlaces): Promise<Result<PhpProgram, SkerryError>> {
  loading ??= PhpProgram.load(places);
  const program = await loading;
  if (!program.ok) loading = undefined;
  return program;
}

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
