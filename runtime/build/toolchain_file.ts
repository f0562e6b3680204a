import { readFile } from "node:fs/promises";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import {
  importToolchain,
  toolchainFile,
  type ToolchainPackage,
  type ToolchainPlaces,
} from "./toolchain_package.ts";

/**
 * Reads a file of a toolchain's package, fetching the package where the runtime can.
 *
 * @param path Relative to the package's folder, e.g. `dist/python.wasm`
 * @returns `toolchain_missing` with the command that installs it
 */
export async function readToolchainFile(
  wanted: ToolchainPackage,
  path: string,
  places: ToolchainPlaces,
): Promise<Result<Uint8Array, SkerryError>> {
  const found = await locateToolchainFile(wanted, path, places);
  if (!found.ok) return found;
  try {
    return ok(await readFile(found.value));
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code ?? "unreadable";
    return err(skerryError("toolchain_missing", `Cannot read ${wanted.name}: ${reason}`));
  }
}

/**
 * The path of a file of a toolchain's package, which is fetched where the runtime can.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export async function locateToolchainFile(
  wanted: ToolchainPackage,
  path: string,
  places: ToolchainPlaces,
): Promise<Result<string, SkerryError>> {
  const found = toolchainFile(wanted, path, places);
  if (found.ok) return found;
  // Only the file is wanted, but importing is what has Deno fetch a package.
  await importToolchain(wanted, places);
  return toolchainFile(wanted, path, places);
}
