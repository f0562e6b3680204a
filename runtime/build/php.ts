import type { SkerryError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import { type CompiledModule, compileModule } from "../isolate/prepare.ts";
import { placeOf } from "../isolate/program_files.ts";
import { err, ok, type Result } from "../result.ts";
import { secureRandom } from "../wasi/random.ts";
import { systemClock } from "../wasi/system_clock.ts";
import type { Artifact } from "./artifact.ts";
import { boundedDiagnostics, compilerRefused } from "./diagnostics.ts";
import type { Language, Source } from "./language.ts";
import { loadPhpModule, PHP_PACKAGE } from "./php/engine.ts";
import { SETTING_ARGS } from "./php/settings.ts";
import { checkSyntax } from "./php/syntax.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";

const SYSTEM = { clock: systemClock, random: secureRandom };
/** Where functions find themselves: `__DIR__`. */
const FOLDER = "/app";

/** PHP, run by its own CGI program as WebAssembly: pages as any web server has them. */
export function phpLanguage(places: ToolchainPlaces): Language {
  return new PhpLanguage(places);
}

/** Compiled once a thread; a failure is not kept. */
let loading: Promise<Result<CompiledModule, SkerryError>> | undefined;

async function loadPhp(places: ToolchainPlaces): Promise<Result<CompiledModule, SkerryError>> {
  loading ??= compilePhp(places);
  const php = await loading;
  if (!php.ok) loading = undefined;
  return php;
}

async function compilePhp(places: ToolchainPlaces): Promise<Result<CompiledModule, SkerryError>> {
  const module = await loadPhpModule(places);
  if (!module.ok) return module;
  const { memoryPages } = DEFAULT_LIMITS;
  return await compileModule(module.value, { memoryPages }, SYSTEM);
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
    const { isValid, text, diagnostics } = checkSyntax(php.value, SYSTEM, {
      path,
      fileName,
      bytes,
    });
    if (!isValid) return err(compilerRefused(source, { text, diagnostics }));
    const program = {
      // Nothing that a query holds may be taken for an option.
      args: [...SETTING_ARGS, "--"],
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
