/**
 * Makes one script of Skerry's half of JavaScript functions: `runtime/build/javascript/prelude.js`, which is
 * committed, since bundling it when a server first builds JavaScript would take longer than all the rest.
 *
 *     deno task prelude
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const FOLDER = new URL("../runtime/build/javascript/", import.meta.url);
/** The committed script. */
export const PRELUDE_FILE = fileURLToPath(new URL("prelude.js", FOLDER));

/** The script that the sources are bundled to now. */
export async function bundlePrelude(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("prelude/main.ts", FOLDER))],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    target: "es2023",
    // Functions keep their text in the engine's memory, of which every request has a copy.
    minifySyntax: true,
    minifyWhitespace: true,
    // A line each for statements, so that changes can be read.
    lineLimit: 100,
    banner: { js: "// Made of prelude/*.ts by `deno task prelude`; change those." },
    tsconfigRaw: {},
  });
  await esbuild.stop();
  return outputFiles[0]!.text;
}

if (import.meta.main) await writeFile(PRELUDE_FILE, await bundlePrelude());
