import { createHash } from "node:crypto";
import type { SkerryError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import { compileModule } from "../isolate/prepare.ts";
import { err, ok, type Result } from "../result.ts";
import { secureRandom } from "../wasi/random.ts";
import { systemClock } from "../wasi/system_clock.ts";
import type { Artifact } from "./artifact.ts";
import { compilerRefused, limitExceeded } from "./diagnostics.ts";
import { ANSWER } from "./javascript/adapt.ts";
import { bundle } from "./javascript/bundle.ts";
import { loadJavaScriptModule, QUICKJS_PACKAGE } from "./javascript/engine.ts";
import { type Bundler, ESBUILD_PACKAGE, loadEsbuild } from "./javascript/esbuild.ts";
import { type JavaScriptFault, JavaScriptInterpreter } from "./javascript/interpreter.ts";
import PRELUDE from "./javascript/prelude.js" with { type: "text" };
import { keepSuccess } from "./keep_success.ts";
import type { Language, Source } from "./language.ts";
import { packageMissing, type ToolchainPlaces } from "./toolchain_package.ts";

/** JavaScript, run by QuickJS as WebAssembly from a memory image in which the function is ready. */
export function javascriptLanguage(places: ToolchainPlaces): Language {
  return new EcmaScript("js", "JavaScript", ["js", "mjs"], places);
}

/** TypeScript, whose types are left out, not checked. */
export function typescriptLanguage(places: ToolchainPlaces): Language {
  return new EcmaScript("ts", "TypeScript", ["ts", "mts"], places);
}

interface Tools {
  readonly bundler: Bundler;
  readonly interpreter: JavaScriptInterpreter;
}

const PRIMER: Source = {
  fileName: "primer.ts",
  bytes: new TextEncoder().encode("export default { fetch: (): Response => new Response() };"),
};

/** Who installs one of the two would only learn then that the other is missing, too. */
const NOTHING_INSTALLED = packageMissing(ESBUILD_PACKAGE, QUICKJS_PACKAGE);

/** Started once a thread. */
const loadTools = keepSuccess(startTools);

async function startTools(places: ToolchainPlaces): Promise<Result<Tools, SkerryError>> {
  const [bundler, module] = await Promise.all([loadEsbuild(places), loadJavaScriptModule(places)]);
  if (!bundler.ok) {
    return isMissing(bundler) && isMissing(module) ? err(NOTHING_INSTALLED) : bundler;
  }
  if (!module.ok) return module;
  const system = { clock: systemClock, random: secureRandom };
  const { memoryPages } = DEFAULT_LIMITS;
  const compiled = await compileModule(module.value, { memoryPages }, system);
  if (!compiled.ok) return compiled;
  // V8 compiles what is used when it is first used, which is a part of loading.
  await bundle(bundler.value, PRIMER, "ts");
  const interpreter = JavaScriptInterpreter.start(compiled.value, system, PRELUDE);
  return interpreter.ok
    ? ok({ bundler: bundler.value, interpreter: interpreter.value })
    : interpreter;
}

function isMissing(loaded: Result<unknown, SkerryError>): boolean {
  return !loaded.ok && loaded.error.details?.install !== undefined;
}

class EcmaScript implements Language {
  constructor(
    readonly name: "js" | "ts",
    readonly title: string,
    readonly extensions: readonly [string, ...string[]],
    readonly places: ToolchainPlaces,
  ) {}

  toolchainVersion(): Promise<string> {
    const prelude = createHash("sha256").update(PRELUDE).digest("hex").slice(0, 16);
    const packages = [ESBUILD_PACKAGE, QUICKJS_PACKAGE];
    const versions = packages.map(({ name, version }) => `${name} ${version}`);
    return Promise.resolve([...versions, prelude].join(" "));
  }

  async load(): Promise<Result<void, SkerryError>> {
    const tools = await loadTools(this.places);
    return tools.ok ? ok(undefined) : tools;
  }

  async build(source: Source): Promise<Result<Artifact, SkerryError>> {
    const tools = await loadTools(this.places);
    if (!tools.ok) return tools;
    const { bundler, interpreter } = tools.value;
    const bundled = await bundle(bundler, source, this.name);
    if (!bundled.ok) return bundled;
    const snapshot = interpreter.prepare(bundled.value, source.fileName);
    if (!snapshot.ok) return err(buildFailed(source, snapshot.error));
    const program = { args: [], files: {}, snapshot: snapshot.value, takesAuthorization: true };
    const { warnings: diagnostics } = bundled.value;
    return ok({ kind: "module", module: "quickjs", handler: ANSWER, program, diagnostics });
  }
}

function buildFailed(source: Source, fault: JavaScriptFault): SkerryError {
  const { fileName } = source;
  const { message, limit, line, column } = fault;
  if (limit !== undefined) return limitExceeded(fileName, limit, message);
  const at = [fileName, line, column].filter((each) => each !== undefined).join(":");
  return compilerRefused(source, {
    text: `${at}: ${message}`,
    diagnostics: [{ severity: "error", message, file: fileName, line, column }],
  });
}
