/**
 * Builds every committed C program: the samples, the benchmark programs and the C guests of the tests.
 *
 *     deno run -A scripts/build_samples.ts           # writes the modules
 *     deno run -A scripts/build_samples.ts --check   # compares them with a fresh build; exit 1 if one differs
 *
 * The compiler runs as WebAssembly, so a source gives the same bytes on every machine.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { compileC, type CompileOptions, INTEGER_PRINTF } from "./clang.ts";

/** A folder of C sources and the folder its modules go to, at the same relative path. */
interface SourceFolder {
  readonly sources: string;
  readonly modules: string;
  readonly options: CompileOptions;
}

const FOLDERS: readonly SourceFolder[] = [
  {
    sources: "functions/_src",
    modules: "functions",
    options: { optimise: "-Os", flags: [INTEGER_PRINTF] },
  },
  { sources: "bench/programs", modules: "bench/programs", options: { optimise: "-O2" } },
  {
    sources: "tests/guests/c",
    modules: "tests/guests/c",
    options: { optimise: "-Os", flags: [INTEGER_PRINTF] },
  },
];

/** One module to build; paths are relative to the project. */
interface Build {
  readonly source: string;
  readonly module: string;
  readonly options: CompileOptions;
}

/** What came of one build. */
export interface BuildReport {
  /** The module's path relative to the project, with `/`. */
  readonly module: string;
  /** The fresh build's size, bytes. */
  readonly size: number;
  /** Whether the module on disk already had these bytes. */
  readonly isCurrent: boolean;
}

/**
 * Builds every C program under the project folder `root`; writes the modules that differ if `write` is set.
 *
 * @throws {Error} if a source does not compile
 */
export async function buildSamples(
  root: string,
  options: { readonly write: boolean },
): Promise<BuildReport[]> {
  const reports: BuildReport[] = [];
  for (const build of await listBuilds(root)) {
    const bytes = await compileC(await readFile(join(root, build.source), "utf8"), build.options);
    const isCurrent = sameBytes(bytes, await readIfPresent(join(root, build.module)));
    if (!isCurrent && options.write) await writeModule(join(root, build.module), bytes);
    reports.push({ module: build.module, size: bytes.length, isCurrent });
  }
  return reports;
}

async function listBuilds(root: string): Promise<Build[]> {
  const builds: Build[] = [];
  for (const { sources, modules, options } of FOLDERS) {
    for (const file of await readdir(join(root, sources), { recursive: true })) {
      const path = file.replaceAll("\\", "/");
      if (!path.endsWith(".c")) continue;
      builds.push({
        source: `${sources}/${path}`,
        module: `${modules}/${path.slice(0, -".c".length)}.wasm`,
        options: { ...options, fileName: path.slice(path.lastIndexOf("/") + 1) },
      });
    }
  }
  return builds.sort((a, b) => a.module < b.module ? -1 : 1);
}

async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function writeModule(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}

async function main(args: readonly string[]): Promise<number> {
  const isCheck = args.includes("--check");
  const root = join(import.meta.dirname ?? ".", "..");
  const reports = await buildSamples(root, { write: !isCheck });
  for (const { module, size, isCurrent } of reports) {
    const note = isCurrent ? "unchanged" : isCheck ? "DIFFERS from a fresh build" : "written";
    console.log(`${String(size).padStart(7)} B  ${module}  ${note}`);
  }
  return isCheck && reports.some((report) => !report.isCurrent) ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
