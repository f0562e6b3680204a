import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type * as Esbuild from "esbuild-wasm";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { keepSuccess } from "../keep_success.ts";
import { addMaximum } from "../limit_memory.ts";
import { locateToolchainFile } from "../toolchain_file.ts";
import { toolchainPackage, type ToolchainPlaces } from "../toolchain_package.ts";
import { watchExit } from "./go_exit.ts";

/** esbuild as a WebAssembly module: it reaches no file and no process of the host. */
export const ESBUILD_PACKAGE = toolchainPackage("esbuild-wasm");

/** The build that runs on the calling thread and brings no file system along. */
const LIBRARY_PATH = "lib/browser.min.js";
const MODULE_PATH = "esbuild.wasm";
/**
 * 64 KiB pages esbuild may use: 1 GiB. Four MiB of a usual source take 150 MiB, but every statement takes over a
 * kilobyte, also one that is a semicolon.
 */
const MAX_MEMORY_PAGES = 16_384;

/** What of esbuild is used. A build whose memory does not suffice rejects with {@linkcode EsbuildEnded}. */
export type Bundler = Pick<typeof Esbuild, "build">;

/** esbuild is over, and so is its bundler. */
export class EsbuildEnded extends Error {}

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
    const bytes = addMaximum(await readFile(module.value), MAX_MEMORY_PAGES);
    const wasmModule = await WebAssembly.compile(bytes);
    // The library looks for this; Node has none.
    (globalThis as { self?: unknown }).self ??= globalThis;
    const imported = await import(pathToFileURL(library.value).href);
    const esbuild: typeof Esbuild = imported.default ?? imported;
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => {});
    const initialize = () => esbuild.initialize({ wasmModule, worker: false });
    await watchExit(initialize, () => ended.reject(new EsbuildEnded()));
    // The library itself would wait for ever for a module that has exited.
    return ok({ build: (options) => Promise.race([esbuild.build(options), ended.promise]) });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err(skerryError("toolchain_missing", `Cannot start ${ESBUILD_PACKAGE.name}: ${reason}`));
  }
}
