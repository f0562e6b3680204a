import { Buffer } from "node:buffer";
import type { SkerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import { beginsWithIostream } from "./begins_with_iostream.ts";
import {
  Clang,
  CLANG_PACKAGE,
  type ClangJob,
  type ClangOutcome,
  type PrecompiledHeader,
} from "./clang.ts";
import {
  boundedDiagnostics,
  compilerRefused,
  limitExceeded,
  parseGnuMessages,
} from "./diagnostics.ts";
import { keepSuccess } from "./keep_success.ts";
import type { Language, Source } from "./language.ts";
import { directiveName, utf16Refusal, withoutByteOrderMark } from "./source_text.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";

/**
 * For every function: small code, no names; a stack that overflows into nothing but a trap, of 256 KiB (the
 * linker's default is 64, less than many a buffer); warnings are kept, never errors.
 */
const COMPILER_FLAGS = [
  "-Os",
  "-Wall",
  "-fno-color-diagnostics",
  "-ferror-limit=20",
  "-ftemplate-backtrace-limit=10",
];
const LINKER_FLAGS = ["-s", "-Wl,--stack-first", "-Wl,-z,stack-size=262144"];
const COMMON_FLAGS = [...COMPILER_FLAGS, ...LINKER_FLAGS];

/** One of the languages clang compiles. */
interface ClangDialect extends Pick<Language, "name" | "title" | "extensions"> {
  readonly driver: ClangJob["driver"];
  readonly flags: readonly string[];
}

/** C, by clang as WebAssembly: no system compiler is needed, and none of the host's files is in reach. */
export function cLanguage(places: ToolchainPlaces): Language {
  return new ClangLanguage({
    name: "c",
    title: "C",
    extensions: ["c"],
    driver: "clang",
    flags: ["-std=gnu17"],
  }, places);
}

/** C++, without exceptions, which the library for WebAssembly does not support. */
export function cppLanguage(places: ToolchainPlaces): Language {
  return new ClangLanguage({
    name: "cpp",
    title: "C++",
    extensions: ["cpp", "cc", "cxx"],
    driver: "clang++",
    flags: ["-std=gnu++20", "-fno-exceptions"],
  }, places);
}

/** Both load one compiler, once a thread. */
const loadClang = keepSuccess((places: ToolchainPlaces) => Clang.load(places));

class ClangLanguage implements Language {
  readonly name: Language["name"];
  readonly title: string;
  readonly extensions: Language["extensions"];
  readonly #dialect: ClangDialect;
  readonly #places: ToolchainPlaces;
  #iostream: Promise<PrecompiledHeader | undefined> | undefined;

  constructor(dialect: ClangDialect, places: ToolchainPlaces) {
    this.name = dialect.name;
    this.title = dialect.title;
    this.extensions = dialect.extensions;
    this.#dialect = dialect;
    this.#places = places;
  }

  toolchainVersion(): Promise<string> {
    const { driver, flags } = this.#dialect;
    const inputs = [CLANG_PACKAGE.version, driver, flags, COMMON_FLAGS, renaming("")];
    return Promise.resolve(inputs.join(" "));
  }

  async load(): Promise<Result<void, SkerryError>> {
    const clang = await loadClang(this.#places);
    return clang.ok ? ok(undefined) : clang;
  }

  async build(source: Source): Promise<Result<Artifact, SkerryError>> {
    const clang = await loadClang(this.#places);
    if (!clang.ok) return clang;
    const refusal = utf16Refusal(source);
    if (refusal !== undefined) return err(refusal);
    const job = { ...this.#job(source), precompiled: await this.#header(source, clang.value) };
    const outcome = await clang.value.run(job);
    if (!isWithoutMain(outcome)) return this.#result(outcome, source);
    const reactor = { ...job, flags: [...job.flags, "-mexec-model=reactor"] };
    const retried = await clang.value.run(reactor);
    return this.#result(retried.kind === "built" ? retried : outcome, source);
  }

  /** `<iostream>` takes clang ten times as long as all the rest of a small program. */
  #header({ bytes }: Source, clang: Clang): Promise<PrecompiledHeader | undefined> | undefined {
    const { driver, flags } = this.#dialect;
    if (driver !== "clang++" || !beginsWithIostream(bytes)) return undefined;
    return this.#iostream ??= clang.precompile(IOSTREAM, [...flags, ...COMPILER_FLAGS]);
  }

  #job(source: Source): ClangJob {
    const { driver, flags, extensions } = this.#dialect;
    const fileName = plainName(source.fileName, extensions);
    const bytes = fileName === source.fileName ? source.bytes : renamed(source);
    return { driver, fileName, source: bytes, flags: [...flags, ...COMMON_FLAGS] };
  }

  #result(outcome: ClangOutcome, source: Source): Result<Artifact, SkerryError> {
    const text = userText(outcome.text, source.fileName);
    const diagnostics = parseGnuMessages(text);
    switch (outcome.kind) {
      case "built":
        return ok({
          kind: "module",
          module: outcome.module,
          ...diagnostics.length === 0 ? {} : { diagnostics: boundedDiagnostics(diagnostics) },
        });
      case "refused":
        return err(compilerRefused(source, { text, diagnostics }));
      case "crashed":
        return err(crashed(source, outcome.limit));
    }
  }
}

const IOSTREAM = "#include <iostream>\n";

function crashed({ fileName }: Source, limit: "memory" | "stack" | "unknown"): SkerryError {
  if (limit === "memory") return limitExceeded(fileName, "memory", "the compiler needs over 1 GiB");
  return limitExceeded(fileName, "stack", "the compiler gave up: the source is too deeply nested");
}

/** Messages with the source's name in the place of the object file's, and with the end of long chains of includes. */
function userText(text: string, userName: string): string {
  return text
    .replaceAll(/(In file included from [^\n]*\n)+(?=In file included)/g, "")
    .replaceAll(/\/tmp\/[\w.-]+\.o\b/g, () => userName);
}

/** A source of exported functions, which the command's start code misses a `main` in. */
function isWithoutMain(outcome: ClangOutcome): boolean {
  return outcome.kind === "refused" && /undefined symbol: (__main_void|main)\b/.test(outcome.text);
}

/** The driver reads its own command lines back, so only a plain name reaches it. */
function plainName(fileName: string, extensions: readonly [string, ...string[]]): string {
  const isPlain = /^\w[\w.-]*$/.test(fileName) &&
    extensions.some((extension) => fileName.endsWith(`.${extension}`));
  return isPlain ? fileName : `main.${extensions[0]}`;
}

/** A source that messages, `__FILE__` and `assert` know by the user's name all the same. */
function renamed({ fileName, bytes }: Source): Uint8Array {
  return Buffer.concat([Buffer.from(renaming(fileName)), withoutByteOrderMark(bytes)]);
}

/** What follows is the first line of the user's file. */
function renaming(fileName: string): string {
  return `#line 1 "${directiveName(fileName).replaceAll(/["\\]/g, "\\$&")}"\n`;
}
