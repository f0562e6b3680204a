import { createHash } from "node:crypto";
import { coordPlaces } from "../coord/guest/coord_mounts.ts";
import type { SkerryError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import { compileModule } from "../isolate/prepare.ts";
import { err, ok, type Result } from "../result.ts";
import { secureRandom } from "../wasi/random.ts";
import { systemClock } from "../wasi/system_clock.ts";
import type { Artifact } from "./artifact.ts";
import { compilerRefused } from "./diagnostics.ts";
import type { Language, Source } from "./language.ts";
import { keepSuccess } from "./keep_success.ts";
import { loadPythonModule, PYTHON_PACKAGE } from "./python/engine.ts";
import { type PythonFault, PythonInterpreter, SHIM } from "./python/interpreter.ts";
import { RESUME } from "./python/resumable.ts";
import { utf8Text } from "./source_text.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";

/** Python, run by CPython as WebAssembly from a memory image in which the function is ready. */
export function pythonLanguage(places: ToolchainPlaces): Language {
  return new PythonLanguage(places);
}

/** What stands in an image for locks and logs. */
const PLACES = coordPlaces().map(({ guestPath }) => guestPath).join(" ");

/** Started once a thread. */
const loadInterpreter = keepSuccess(startInterpreter);

async function startInterpreter(
  places: ToolchainPlaces,
): Promise<Result<PythonInterpreter, SkerryError>> {
  const module = await loadPythonModule(places);
  if (!module.ok) return module;
  const system = { clock: systemClock, random: secureRandom, mounts: coordPlaces() };
  const { memoryPages } = DEFAULT_LIMITS;
  const compiled = await compileModule(module.value, { memoryPages }, system);
  return compiled.ok ? PythonInterpreter.start(compiled.value, system) : compiled;
}

class PythonLanguage implements Language {
  readonly name = "python";
  readonly title = "Python";
  readonly extensions = ["py"] as const;
  readonly #places: ToolchainPlaces;

  constructor(places: ToolchainPlaces) {
    this.#places = places;
  }

  toolchainVersion(): Promise<string> {
    const shim = createHash("sha256").update(SHIM).update(PLACES).digest("hex").slice(0, 16);
    return Promise.resolve(`${PYTHON_PACKAGE.name} ${PYTHON_PACKAGE.version} ${shim}`);
  }

  async load(): Promise<Result<void, SkerryError>> {
    const interpreter = await loadInterpreter(this.#places);
    return interpreter.ok ? ok(undefined) : interpreter;
  }

  async build(source: Source): Promise<Result<Artifact, SkerryError>> {
    const interpreter = await loadInterpreter(this.#places);
    if (!interpreter.ok) return interpreter;
    const text = declaresCoding(source) ? ok(undefined) : utf8Text(source);
    if (!text.ok) return text;
    const snapshot = interpreter.value.prepare(source);
    if (!snapshot.ok) return err(buildFailed(source, snapshot.error));
    const program = { args: [], files: {}, snapshot: snapshot.value, takesAuthorization: true };
    return ok({ kind: "module", module: "python", handler: RESUME, program });
  }
}

/** In one of the first two lines, the first being empty but for a comment; Python then reads it as declared. */
const CODING = /^(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*(?<name>[-\w.]+)/;

/** Without one a source is UTF-8, also in its comments, which Python would not look at here. */
function declaresCoding({ bytes }: Source): boolean {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const name = CODING.exec(start)?.groups?.name;
  return name !== undefined && !/^utf[-_]?8\b/i.test(name);
}

function buildFailed(source: Source, { message, line, column }: PythonFault): SkerryError {
  const { fileName } = source;
  const at = [fileName, line, column].filter((each) => each !== undefined).join(":");
  return compilerRefused(source, {
    text: `${at}: ${message}`,
    diagnostics: [{ severity: "error", message, file: fileName, line, column }],
  });
}
