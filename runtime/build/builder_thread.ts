import { type SkerryError, skerryError } from "../errors.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact, ModuleArtifact } from "./artifact.ts";
import type { BuilderMessage, BuildMessage, EngineTask } from "./builder_messages.ts";
import { loadEngine } from "./engines.ts";
import type { Language, LanguageName } from "./language.ts";
import { createLanguages } from "./languages.ts";

/** The far end of a builder: one task after another, with the toolchains it loaded kept. */
export function serveBuilder(port: ThreadPort): void {
  let languages: ReadonlyMap<LanguageName, Language> | undefined;
  port.onMessage(async (message) => {
    const { requestId, task } = message as BuildMessage;
    const post = (answer: BuilderMessage, transfer: ArrayBuffer[] = []) =>
      port.post(answer, transfer);
    if ("engine" in task) {
      const result = await attempt(task.fileName, () => makeEngine(task));
      return post({ requestId, kind: "built", result }, buffersOf(result));
    }
    const { language, fileName, buffer, context } = task;
    languages ??= createLanguages(context);
    const onLoaded = () => post({ requestId, kind: "building" });
    const source = { fileName, bytes: new Uint8Array(buffer) };
    const result = await attempt(
      fileName,
      () => build(languages!.get(language), source, onLoaded),
    );
    post({ requestId, kind: "built", result });
  });
}

async function makeEngine(
  { engine, context }: EngineTask,
): Promise<Result<ModuleArtifact, SkerryError>> {
  const module = await loadEngine(engine, context);
  return module.ok ? ok({ kind: "module", module: module.value }) : module;
}

/** An engine's module is large, and nobody here needs it any more. */
function buffersOf(result: Result<ModuleArtifact, SkerryError>): ArrayBuffer[] {
  return result.ok && typeof result.value.module !== "string" ? [result.value.module.buffer] : [];
}

async function build(
  language: Language | undefined,
  source: Parameters<Language["build"]>[0],
  onLoaded: () => void,
): Promise<Result<Artifact, SkerryError>> {
  if (language === undefined) {
    return err(skerryError("toolchain_missing", `Cannot build ${source.fileName}: no compiler`));
  }
  const loaded = await language.load?.();
  if (loaded?.ok === false) return loaded;
  onLoaded();
  return await language.build(source);
}

/** What is thrown is not the source's doing, as far as is known; it may hold paths, so it stays here. */
async function attempt<T>(
  fileName: string,
  action: () => Promise<Result<T, SkerryError>>,
): Promise<Result<T, SkerryError>> {
  try {
    return await action();
  } catch (thrown) {
    console.error(thrown);
    return err(skerryError("internal_error", `Cannot build ${fileName}: the builder failed`));
  }
}
