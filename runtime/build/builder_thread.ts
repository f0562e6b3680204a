import { type SkerryError, skerryError } from "../errors.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { err, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import type { BuilderMessage, BuildMessage } from "./builder_messages.ts";
import type { Language, LanguageName } from "./language.ts";
import { createLanguages } from "./languages.ts";

/** The far end of a builder: one build after another, with the toolchains it loaded kept. */
export function serveBuilder(port: ThreadPort): void {
  let languages: ReadonlyMap<LanguageName, Language> | undefined;
  port.onMessage(async (message) => {
    const { requestId, language, fileName, buffer, context } = message as BuildMessage;
    const post = (answer: BuilderMessage) => port.post(answer, []);
    languages ??= createLanguages(context);
    const onLoaded = () => post({ requestId, kind: "building" });
    const source = { fileName, bytes: new Uint8Array(buffer) };
    const result = await build(languages.get(language), source, onLoaded);
    post({ requestId, kind: "built", result });
  });
}

async function build(
  language: Language | undefined,
  source: Parameters<Language["build"]>[0],
  onLoaded: () => void,
): Promise<Result<Artifact, SkerryError>> {
  if (language === undefined) {
    return err(skerryError("toolchain_missing", `Cannot build ${source.fileName}: no compiler`));
  }
  try {
    const loaded = await language.load?.();
    if (loaded?.ok === false) return loaded;
    onLoaded();
    return await language.build(source);
  } catch (thrown) {
    // Not the source's doing, as far as is known; the text may hold paths, so it stays with the server.
    console.error(thrown);
    return err(
      skerryError("internal_error", `Cannot build ${source.fileName}: the builder failed`),
    );
  }
}
