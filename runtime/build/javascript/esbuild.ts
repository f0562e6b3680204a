import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type * as Esbuild from "esbuild-wasm";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { keepSuccess } from "../keep_success.ts";
import { locateToolchainFile } from "../toolchain_file.ts";
import { toolchainPackage, type ToolchainPlaces } from "../toolchain_package.ts";

/** esbuild as a WebAssembly module: it reaches no file and no process of the host. */
export const ESBUILD_PACKAGE = toolchainPackage("esbuild-wasm");

/** The build that runs on the calling thread and brings no file system along. */
const LIBRARY_PATH = "lib/browser.min.js";
const MODULE_PATH = "esbuild.wasm";

/** What of esbuild is used. */
export type Bundler = Pick<typeof Esbuild, "build">;

/**
 * Loads esbuild, once a thread.
 *
 * @returns `toolchain_missing` with the command that installs it
 */
export const loadEsbuild = keepSuccess(start);

async function start(places: ToolchainPlaces): Promise<Result<Bundler, SkerryError>> {
  const module = await locateToolchainFile(ESBUILD_PACKAGE, MODULE_PATH, places);
  if (!module.ok) return module;
  const library = await locateToolchainFile(ESBUILD_PACKAGE, LIBRARY_PATH, places);
  if (!library.ok) return library;
  try {
    const wasmModule = await WebAssembly.compile(new Uint8Array(await readFile(module.value)));
    // The library looks for this; Node has none.
    (globalThis as { self?: unknown }).self ??= globalThis;
    const imported = await import(pathToFileURL(library.value).href);
    const esbuild: typeof Esbuild = imported.default ?? imported;
    await esbuild.initialize({ wasmModule, worker: false });
    return ok(esbuild);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err(skerryError("toolchain_missing", `Cannot start ${ESBUILD_PACKAGE.name}: ${reason}`));
  }
}
