import type * as Esbuild from "esbuild-wasm";
import type { SkerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { compilerRefused, limitExceeded } from "../diagnostics.ts";
import type { Diagnostic, Source } from "../language.ts";
import { utf8Text } from "../source_text.ts";
import { type Bundler, EsbuildEnded } from "./esbuild.ts";

/** A user's source as one module that QuickJS runs. */
export interface Bundle {
  readonly code: string;
  /** Of its source map, whose only source is the user's file. */
  readonly mappings: string;
  /** Whether there is a default export, without which the module is a script. */
  readonly hasDefault: boolean;
  readonly warnings: readonly Diagnostic[];
}

/** What QuickJS runs without rewriting. */
const TARGET = "es2023";

/** A source stands alone. */
const NO_IMPORTS: Esbuild.Plugin = {
  name: "no-imports",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      return {
        errors: [{ text: `Cannot import "${path}": a function is one file, without imports` }],
      };
    });
  },
};

/** @returns `build_failed` with esbuild's messages */
export async function bundle(
  bundler: Bundler,
  source: Source,
  loader: "js" | "ts",
): Promise<Result<Bundle, SkerryError>> {
  const text = utf8Text(source);
  if (!text.ok) return text;
  try {
    const built = await bundler.build({
      stdin: { contents: text.value, loader, sourcefile: source.fileName },
      bundle: true,
      write: false,
      outfile: "function.js",
      format: "esm",
      platform: "neutral",
      target: TARGET,
      sourcemap: "external",
      sourcesContent: false,
      metafile: true,
      keepNames: false,
      logLevel: "silent",
      logLimit: 50,
      plugins: [NO_IMPORTS],
      // A configuration file of the host's is not looked for.
      tsconfigRaw: {},
    });
    const textOf = (end: string) => built.outputFiles.find(({ path }) => path.endsWith(end))!.text;
    const exports = Object.values(built.metafile.outputs).flatMap((output) => output.exports);
    return ok({
      code: textOf(".js"),
      mappings: JSON.parse(textOf(".map")).mappings,
      hasDefault: exports.includes("default"),
      warnings: built.warnings.map((message) => diagnosticOf(message, "warning")),
    });
  } catch (thrown) {
    return err(refusal(source, thrown));
  }
}

/** esbuild throws its messages; anything else is its own end. */
function refusal(source: Source, thrown: unknown): SkerryError {
  if (thrown instanceof EsbuildEnded) {
    return limitExceeded(source.fileName, "memory", "esbuild needs over 1 GiB");
  }
  const errors = (thrown as Partial<Esbuild.BuildFailure>).errors;
  if (errors === undefined || errors.length === 0) {
    return limitExceeded(
      source.fileName,
      "stack",
      "esbuild gave up: it is too large or too deeply nested",
    );
  }
  const diagnostics = errors.map((message) => diagnosticOf(message, "error"));
  const text = diagnostics.map(({ file, line, column, message }) => {
    return [...[file, line, column].filter((each) => each !== undefined), ` ${message}`].join(":");
  }).join("\n");
  return compilerRefused(source, { text, diagnostics });
}

function diagnosticOf(
  { text, location }: Esbuild.Message,
  severity: Diagnostic["severity"],
): Diagnostic {
  if (location === null) return { severity, message: text };
  // Columns are bytes in esbuild.
  const before = new TextEncoder().encode(location.lineText).subarray(0, location.column);
  const column = new TextDecoder().decode(before).length + 1;
  return { severity, message: text, file: location.file, line: location.line, column };
}
