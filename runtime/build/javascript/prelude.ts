import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Bundler } from "./esbuild.ts";
import { PRELUDE_SOURCES } from "./prelude_sources.ts";

const ENTRY = "./main.ts";
const NAMESPACE = "prelude";

/** Skerry's half of a JavaScript function as one script. */
export async function bundlePrelude(bundler: Bundler): Promise<Result<string, SkerryError>> {
  try {
    const { outputFiles } = await bundler.build({
      entryPoints: [ENTRY],
      bundle: true,
      write: false,
      format: "iife",
      platform: "neutral",
      target: "es2023",
      minifySyntax: true,
      minifyWhitespace: true,
      keepNames: true,
      logLevel: "silent",
      tsconfigRaw: {},
      plugins: [{
        name: NAMESPACE,
        setup(build) {
          build.onResolve({ filter: /.*/ }, ({ path }) => ({ path, namespace: NAMESPACE }));
          build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
            return { contents: PRELUDE_SOURCES[path], loader: "ts" };
          });
        },
      }],
    });
    return ok(outputFiles[0]!.text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err(skerryError("internal_error", `Cannot bundle the prelude of JavaScript: ${reason}`));
  }
}
