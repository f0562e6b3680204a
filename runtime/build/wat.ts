import type { SkerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import { compilerRefused, limitExceeded, parseGnuMessages } from "./diagnostics.ts";
import { keepSuccess } from "./keep_success.ts";
import type { Language, Source } from "./language.ts";
import { utf8Text } from "./source_text.ts";
import { importToolchain, toolchainPackage, type ToolchainPlaces } from "./toolchain_package.ts";

const PACKAGE = toolchainPackage("wabt");

type CreateWabt = typeof import("wabt");
type Wabt = Awaited<ReturnType<CreateWabt>>;

/** What V8 runs beyond wabt's defaults. */
const FEATURES = { exceptions: true, tail_call: true, extended_const: true, simd: true };

/** What wabt calls a source, which it takes in ASCII and with its end, and how its messages begin. */
const NAME = "function.wat\0";
const AT_NAME = /^function\.wat:/gm;

/** The text form of WebAssembly, by wabt. */
export function watLanguage(places: ToolchainPlaces): Language {
  return {
    name: "wat",
    title: "WAT",
    extensions: ["wat"],
    toolchainVersion: () => Promise.resolve(`${PACKAGE.version} ${JSON.stringify(FEATURES)} UTF-8`),
    build: async (source) => {
      const wabt = await loadWabt(places);
      return wabt.ok ? assemble(wabt.value, source) : wabt;
    },
  };
}

/** Imported once a thread. */
const loadWabt = keepSuccess(importWabt);

async function importWabt(places: ToolchainPlaces): Promise<Result<Wabt, SkerryError>> {
  const wabt = await importToolchain<{ default: CreateWabt }>(PACKAGE, places);
  return wabt.ok ? ok(await wabt.value.default()) : wabt;
}

function assemble(wabt: Wabt, source: Source): Result<Artifact, SkerryError> {
  const text = utf8Text(source);
  if (!text.ok) return text;
  let parsed: ReturnType<Wabt["parseWat"]> | undefined;
  try {
    // Bytes, since of a string wabt takes only what is ASCII.
    parsed = wabt.parseWat(NAME, new TextEncoder().encode(text.value), FEATURES);
    parsed.validate();
    const { buffer } = parsed.toBinary({});
    return ok({ kind: "module", module: new Uint8Array(buffer) });
  } catch (thrown) {
    return err(refusal(source, thrown));
  } finally {
    parsed?.destroy();
  }
}

/** wabt throws an `Error` with its messages; anything else is its own end, and its memory is not to be trusted. */
function refusal(source: Source, thrown: unknown): SkerryError {
  const message = thrown instanceof Error ? thrown.message : "";
  const found = /^(?:parseWat|validate) failed:\n/.exec(message);
  if (found === null) {
    return limitExceeded(source.fileName, "stack", "wabt gave up: it is too deeply nested");
  }
  const text = message.slice(found[0].length).replaceAll(AT_NAME, () => `${source.fileName}:`);
  return compilerRefused(source, { text, diagnostics: parseGnuMessages(text) });
}
