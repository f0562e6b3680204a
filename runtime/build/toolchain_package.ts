import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import configuration from "../../deno.json" with { type: "json" };
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";

/**
 * A toolchain's npm package: one that `deno.json` pins, and that the bundle leaves out and imports when a
 * language is first used.
 */
export interface ToolchainPackage {
  readonly name: string;
  /** The version this Skerry was tested with. */
  readonly version: string;
}

/** What `importToolchain` and `toolchainFile` need to know of the server. */
export interface ToolchainPlaces {
  /** A folder where `npm install --prefix` put packages, usually `<data>/toolchains`. @default none */
  readonly toolchainsFolder?: string;
  /** Whether a runtime that can fetch packages by itself, as Deno does, may do so. @default true */
  readonly mayFetch?: boolean;
}

const PINS: Readonly<Record<string, string>> = configuration.imports;

/**
 * A package with the version `deno.json` pins, the one place that names versions.
 *
 * @throws {Error} if `deno.json` does not pin this package exactly, which is a mistake in Skerry
 */
export function toolchainPackage(name: string): ToolchainPackage {
  const version = PINS[name]?.slice(`npm:${name}@`.length);
  if (version === undefined || !/^\d+\.\d+\./.test(version)) {
    throw new Error(`${name} is not pinned`);
  }
  return { name, version };
}

/**
 * Imports a toolchain's package. It is looked for where the program's own imports would find it (the import
 * map, or `node_modules` beside the bundle or above it), then in the folder of toolchains, and at last
 * as `npm:…`, which Deno fetches by itself and Node refuses.
 *
 * @typeParam T The package's module, e.g. `typeof import("wabt")`
 * @returns `toolchain_missing` with the command that installs it
 *
 * @example
 * ```ts
 * import { importToolchain, toolchainPackage } from "./toolchain_package.ts";
 *
 * const wabt = await importToolchain<typeof import("wabt")>(toolchainPackage("wabt"), {});
 * console.log(wabt.ok); // true
 * ```
 */
export async function importToolchain<T>(
  wanted: ToolchainPackage,
  places: ToolchainPlaces,
): Promise<Result<T, SkerryError>> {
  const specifiers = [
    wanted.name,
    inFolder(wanted, places.toolchainsFolder),
    fetchable(wanted, places),
  ];
  for (const specifier of specifiers) {
    const module = specifier === undefined ? undefined : await tryImport(specifier);
    if (module !== undefined) return ok(module as T);
  }
  return err(packageMissing(wanted));
}

/**
 * The absolute path of a file of a toolchain's package, whether or not the package exports it. Looked for
 * as by {@linkcode importToolchain}; import the package first where Deno may have to fetch it.
 *
 * @param path Relative to the package's folder, e.g. `quickjs.wasm`
 * @returns `toolchain_missing` with the command that installs the package
 */
export function toolchainFile(
  wanted: ToolchainPackage,
  path: string,
  places: ToolchainPlaces,
): Result<string, SkerryError> {
  const entries = [
    () => import.meta.resolve(wanted.name),
    () => manifestIn(wanted, places.toolchainsFolder),
    () => resolved(fetchable(wanted, places)),
  ];
  for (const entry of entries) {
    const folder = packageFolder(wanted, entry);
    if (folder !== undefined && existsSync(join(folder, path))) return ok(join(folder, path));
  }
  return err(packageMissing(wanted));
}

/** The error of missing packages, with one command that installs them all. */
export function packageMissing(...packages: readonly ToolchainPackage[]): SkerryError {
  const specifiers = packages.map(({ name, version }) => `${name}@${version}`);
  const install = `npm install ${specifiers.join(" ")}`;
  return skerryError(
    "toolchain_missing",
    `Cannot load ${
      packages.map(({ name }) => name).join(" and ")
    }: not installed; run "${install}" beside Skerry, or with --prefix toolchains in its data folder`,
    { install },
  );
}

function fetchable(
  { name, version }: ToolchainPackage,
  { mayFetch = true }: ToolchainPlaces,
): string | undefined {
  return mayFetch ? `npm:${name}@${version}` : undefined;
}

function resolved(specifier: string | undefined): string | undefined {
  return specifier && import.meta.resolve(specifier);
}

async function tryImport(specifier: string): Promise<unknown> {
  try {
    return await import(specifier);
  } catch {
    // Absent, or not for this runtime: the next place may have one that works.
    return undefined;
  }
}

/** The URL of the package's entry as installed by npm below this folder. */
function inFolder({ name }: ToolchainPackage, folder: string | undefined): string | undefined {
  if (folder === undefined || !existsSync(join(folder, "node_modules", name))) return undefined;
  try {
    return pathToFileURL(createRequire(join(folder, "package.json")).resolve(name)).href;
  } catch {
    return undefined;
  }
}

/** Where npm put the package below this folder; an entry may be there only for importing. */
function manifestIn({ name }: ToolchainPackage, folder: string | undefined): string | undefined {
  return folder && pathToFileURL(join(folder, "node_modules", name, "package.json")).href;
}

function packageFolder(
  { name }: ToolchainPackage,
  entry: () => string | undefined,
): string | undefined {
  try {
    const url = entry();
    if (!url?.startsWith("file:")) return undefined;
    let folder = dirname(fileURLToPath(url));
    while (packageName(folder) !== name) {
      if (dirname(folder) === folder) return undefined;
      folder = dirname(folder);
    }
    return folder;
  } catch {
    // This kind of specifier is unknown here, or the package absent.
    return undefined;
  }
}

/** The name in the folder's `package.json`; those within a package that only tell the kind of modules have none. */
function packageName(folder: string): unknown {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).name : undefined;
}
