/** Compilers that a machine may or may not have. Only for tests of modules from other languages. */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A program whose module is large, with thousands of functions and a runtime of its own. */
export const GO_HELLO = `package main

import "fmt"

func main() { fmt.Println("Hello from Go!") }
`;

/** Whether `go` is on the path and knows `wasip1` (1.21 and later). */
export function hasGo(): boolean {
  try {
    const targets = execFileSync("go", ["tool", "dist", "list"], { encoding: "utf8" });
    return targets.split("\n").includes("wasip1/wasm");
  } catch {
    return false;
  }
}

/**
 * Builds one Go source file into a WASI command. Builds are kept between test runs, in the system's folder
 * for temporary files; the first ever takes half a minute, since Go compiles its library too.
 *
 * @throws {Error} with the compiler's messages, if the source does not build; ask {@linkcode hasGo} first
 *
 * @example
 * ```ts
 * import { buildGo, GO_HELLO, hasGo } from "./toolchains.ts";
 *
 * if (hasGo()) console.log((await buildGo(GO_HELLO)).length > 1_000_000); // true
 * ```
 */
export async function buildGo(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const cache = join(tmpdir(), "skerry-test-modules");
  const module = join(cache, `${createHash("sha256").update(source).digest("hex")}.wasm`);
  await mkdir(cache, { recursive: true });
  if (!await exists(module)) await buildGoInto(module, source, cache);
  return new Uint8Array(await readFile(module));
}

/** Builds beside the cache and moves the result, so that parallel tests never see half a module. */
async function buildGoInto(module: string, source: string, cache: string): Promise<void> {
  const folder = await mkdtemp(join(cache, "build-"));
  try {
    await writeFile(join(folder, "main.go"), source);
    await execute("go", ["build", "-o", "main.wasm", "main.go"], {
      cwd: folder,
      env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "", GO111MODULE: "off" },
    });
    await rename(join(folder, "main.wasm"), module);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
