/**
 * Builds `dist/skerry.mjs`: the server, the command line and the worker threads in one file, for Deno and
 * for Node 22 and later. Worker threads start the same file (see `main.ts`). Beside it, `client.mjs` is the client of locks
 * and logs, for browsers too.
 *
 * Run with `deno task bundle`; `--out FILE` puts it elsewhere.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import * as esbuild from "esbuild";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import configuration from "../deno.json" with { type: "json" };

const outFile: string = parseArgs(Deno.args, { string: ["out"] }).out ?? "dist/skerry.mjs";

/**
 * Where the import map sends names that npm does not know, as npm names: esbuild looks packages up in
 * `node_modules`, which Deno fills for this task.
 */
function npmAliases(imports: Readonly<Record<string, string>>): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const [name, target] of Object.entries(imports)) {
    const bare = target.replace(/^npm:\/?/, "").replace(/^(@?[^@]+)@[^/]+/, "$1");
    if (bare !== name && !name.endsWith("/")) aliases[name] = bare;
  }
  return aliases;
}

/** Packages of the older kind call `require` for Node's own modules, which real modules do not have. */
const BANNER = `#!/usr/bin/env node
import { createRequire as createBundleRequire } from "node:module";
const require = createBundleRequire(import.meta.url);`;

/** The zygote of native calls is a program of its own that Deno is given on its command line (`zygote_program.ts`). */
const zygoteProgram: esbuild.Plugin = {
  name: "zygote-program",
  setup(build) {
    build.onLoad({ filter: /\/zygote_program\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({
        entryPoints: [path.replace(/_program\.ts$/, "/entry.ts")],
        bundle: true,
        format: "esm",
        target: "es2023",
        minify: true,
        write: false,
      });
      const program = `data:text/javascript;base64,${
        Buffer.from(outputFiles![0]!.contents).toString("base64")
      }`;
      return {
        contents: `export const ZYGOTE_PROGRAM = ${JSON.stringify(program)};`,
        loader: "js",
      };
    });
  },
};

const result = await esbuild.build({
  entryPoints: ["main.ts"],
  plugins: [zygoteProgram],
  outfile: outFile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2023",
  // Top-level await in the entry and `import.meta.url` for the threads need real modules.
  supported: { "top-level-await": true },
  alias: npmAliases(configuration.imports),
  banner: { js: BANNER },
  legalComments: "linked",
  minifySyntax: true,
  metafile: true,
});
const [output] = Object.values(result.metafile.outputs).filter((each) => each.entryPoint);
console.log(`${outFile}  ${(output!.bytes / 1024).toFixed(0)} KiB`);

const clientFile = join(dirname(outFile), "client.mjs");
await esbuild.build({
  entryPoints: ["runtime/coord/client/mod.ts"],
  outfile: clientFile,
  bundle: true,
  format: "esm",
  // What only servers have does not resolve here.
  platform: "browser",
  target: "es2023",
});
console.log(clientFile);
await esbuild.stop();
