import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import { compilerRefused, limitExceeded, parseGnuMessages } from "./diagnostics.ts";
import { keepSuccess } from "./keep_success.ts";
import type { Language, Source } from "./language.ts";
import { importToolchain, toolchainPackage, type ToolchainPlaces } from "./toolchain_package.ts";

const PACKAGE = toolchainPackage("wabt");

type CreateWabt = typeof import("wabt");
type Wabt = Awaited<ReturnType<CreateWabt>>;

/** What V8 runs beyond wabt's defaults. */
const FEATURES = { exceptions: true, tail_call: true, extended_const: true, simd: true };

/** The text form of WebAssembly, by wabt. */
export function watLanguage(places: ToolchainPlaces): Language {
  return {
    name: "wat",
    title: "WAT",
    extensions: ["wat"],
    toolchainVersion: () => Promise.resolve(`${PACKAGE.version} ${JSON.stringify(FEATURES)}`),
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
  const text = decode(source.bytes);
  if (text === undefined) return err(notText(source));
  let parsed: ReturnType<Wabt["parseWat"]> | undefined;
  try {
    parsed = wabt.parseWat(source.fileName, text, FEATURES);
    parsed.validate();
    const { buffer } = parsed.toBinary({});
    return ok({ kind: "module", module: new Uint8Array(buffer) });
  } catch (thrown) {
    return err(refusal(source, thrown));
  } finally {
    parsed?.destroy();
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notText({ fileName }: Source): SkerryError {
  return skerryError("build_failed", `Cannot build ${fileName}: its bytes are not UTF-8`);
}

/** wabt throws an `Error` with its messages; anything else is its own end, and its memory is not to be trusted. */
function refusal(source: Source, thrown: unknown): SkerryError {
  const message = thrown instanceof Error ? thrown.message : "";
  const found = /^(?:parseWat|validate) failed:\n/.exec(message);
  if (found === null) {
    return limitExceeded(source.fileName, "stack", "wabt gave up: it is too deeply nested");
  }
  const text = message.slice(found[0].length);
  return compilerRefused(source, { text, diagnostics: parseGnuMessages(text) });
}
