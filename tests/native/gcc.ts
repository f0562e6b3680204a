import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../support/server.ts";
import { run } from "../support/runtimes.ts";

const LIBRARIES = join(ROOT, "tests/native/libraries");
const CLIENT = join(ROOT, "runtime/native/client_library");
const STRICT = ["-Wall", "-Wextra", "-Werror"];

/** Builds every library of `libraries/` into a folder: `basic.c` becomes `libbasic.so`. */
export async function buildLibraries(folder: string): Promise<void> {
  const sources = (await readdir(LIBRARIES)).filter((name) => name.endsWith(".c"));
  await Promise.all(sources.map((source) => {
    const library = join(folder, `lib${source.slice(0, -2)}.so`);
    // Their faults are on purpose, and no optimiser may talk them away.
    return run("gcc", [
      "-O0",
      "-w",
      "-fPIC",
      "-pthread",
      "-shared",
      "-o",
      library,
      join(LIBRARIES, source),
    ]);
  }));
}

/** Builds a program of one file, without a warning. */
export async function buildProgram(output: string, source: string): Promise<void> {
  await run("gcc", ["-O2", ...STRICT, "-o", output, source]);
}

/** Builds a program with the shipped C client library, from source, without a warning. */
export async function buildClient(
  output: string,
  source = join(CLIENT, "client.c"),
  flags: readonly string[] = [],
): Promise<void> {
  await run("gcc", [
    ...flags,
    "-std=c99",
    "-D_GNU_SOURCE",
    ...STRICT,
    `-I${CLIENT}`,
    "-o",
    output,
    source,
    join(CLIENT, "ipc.c"),
  ]);
}
