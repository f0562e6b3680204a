import { readFile } from "node:fs/promises";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, type Result } from "../../result.ts";
import {
  importToolchain,
  toolchainFile,
  toolchainPackage,
  type ToolchainPlaces,
} from "../toolchain_package.ts";
import { adaptEngine } from "./adapt.ts";

/** QuickJS-NG as a WebAssembly module. */
export const QUICKJS_PACKAGE = toolchainPackage("quickjs-wasi");

const MODULE_PATH = "quickjs.wasm";

/**
 * Loads QuickJS, as a WASI module whose functions start from a memory image.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export async function loadJavaScriptModule(
  places: ToolchainPlaces,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const path = await modulePath(places);
  if (!path.ok) return path;
  try {
    return adaptEngine(await readFile(path.value));
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code ?? "unreadable";
    return err(skerryError("toolchain_missing", `Cannot read ${QUICKJS_PACKAGE.name}: ${reason}`));
  }
}

async function modulePath(places: ToolchainPlaces): Promise<Result<string, SkerryError>> {
  const found = toolchainFile(QUICKJS_PACKAGE, MODULE_PATH, places);
  if (found.ok) return found;
  // Only the file is wanted, but importing is what has Deno fetch a package.
  await importToolchain(QUICKJS_PACKAGE, places);
  return toolchainFile(QUICKJS_PACKAGE, MODULE_PATH, places);
}
