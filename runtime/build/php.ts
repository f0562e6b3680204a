import type { SkerryError } from "../errors.ts";
import { placeOf } from "../isolate/program_files.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import { boundedDiagnostics, compilerRefused } from "./diagnostics.ts";
import type { Language, Source } from "./language.ts";
import { loadPhp } from "./php/engine.ts";
import { PHP_PACKAGE } from "./php/program.ts";
import { SETTING_ARGS } from "./php/settings.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";

/** Where functions find themselves: `__DIR__`. */
const FOLDER = "/app";

/** PHP, run by its own CGI program as WebAssembly: pages as any web server has them. */
export function phpLanguage(places: ToolchainPlaces): Language {
  return new PhpLanguage(places);
}

class PhpLanguage implements Language {
  readonly name = "php";
  readonly title = "PHP";
  readonly extensions = ["php"] as const;
  readonly #places: ToolchainPlaces;

  constructor(places: ToolchainPlaces) {
    this.#places = places;
  }

  toolchainVersion(): Promise<string> {
    return Promise.resolve(`${PHP_PACKAGE.name} ${PHP_PACKAGE.version} ${SETTING_ARGS.join(" ")}`);
  }

  async load(): Promise<Result<void, SkerryError>> {
    const php = await loadPhp(this.#places);
    return php.ok ? ok(undefined) : php;
  }

  async build(source: Source): Promise<Result<Artifact, SkerryError>> {
    const php = await loadPhp(this.#places);
    if (!php.ok) return php;
    const { fileName, bytes } = source;
    const path = guestPath(fileName);
    const { isValid, text, diagnostics } = php.value.check(path, fileName, bytes);
    if (!isValid) return err(compilerRefused(source, { text, diagnostics }));
    const program = {
      args: [],
      environ: { SCRIPT_FILENAME: path, DOCUMENT_ROOT: FOLDER },
      files: { [path]: bytes },
    };
    return ok({
      kind: "module",
      module: "php",
      program,
      diagnostics: boundedDiagnostics(diagnostics),
    });
  }
}

/** Keeps the name, which `__FILE__` and messages show, if it can be one. */
function guestPath(fileName: string): string {
  const path = `${FOLDER}/${fileName}`;
  return placeOf(path) === undefined ? `${FOLDER}/main.php` : path;
}
