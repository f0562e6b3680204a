import type { Exit } from "@yowasp/clang";
import type { SkerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { limitMemory } from "./limit_memory.ts";
import {
  importToolchain,
  type ToolchainPackage,
  toolchainPackage,
  type ToolchainPlaces,
} from "./toolchain_package.ts";

/** The package that holds clang and lld as WebAssembly, with wasi-libc and libc++. */
export const CLANG_PACKAGE: ToolchainPackage = toolchainPackage("@yowasp/clang");

type ClangModule = typeof import("@yowasp/clang");

/** One run of clang: compile and link. */
export interface ClangJob {
  readonly driver: "clang" | "clang++";
  /** The source's name in the compiler's files, e.g. `main.c`; letters, digits, `.`, `_` and `-`. */
  readonly fileName: string;
  readonly source: Uint8Array | string;
  /** Further arguments, e.g. `-Os`. */
  readonly flags: readonly string[];
  /** What `precompile` made with the same flags: the source begins with it. @default nothing */
  readonly precompiled?: PrecompiledHeader;
}

/** A header, and what clang read of it. */
export interface PrecompiledHeader {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** How it went; `text` is what the compiler and the linker said, at most 64 KiB of it. */
export type ClangOutcome =
  | { readonly kind: "built"; readonly module: Uint8Array<ArrayBuffer>; readonly text: string }
  | { readonly kind: "refused"; readonly text: string }
  | {
    readonly kind: "crashed";
    readonly limit: "memory" | "stack" | "unknown";
    readonly text: string;
  };

/**
 * 64 KiB pages clang may use: 1 GiB. A large C++ program takes 150 MiB; a template bomb takes what there is, and
 * the engine alone would let it have 4 GiB.
 */
const MAX_MEMORY_PAGES = 16_384;
const MAX_TEXT_BYTES = 64 * 1024;
const OUTPUT = "out.wasm";
const HEADER = "skerry-header.h";
const PRECOMPILED = "skerry-header.pch";

/** Clang, loaded. Its files are the source and its own headers and libraries: there is no host to read. */
export class Clang {
  readonly #package: ClangModule;

  private constructor(module: ClangModule) {
    this.#package = module;
  }

  /** Loads the compiler (100 MB, a second). @returns `toolchain_missing` if its package is not installed */
  static async load(places: ToolchainPlaces): Promise<Result<Clang, SkerryError>> {
    const module = await importToolchain<ClangModule>(CLANG_PACKAGE, places);
    if (!module.ok) return err(module.error);
    // Given any progress listener, the package does not print its progress.
    await withLimitedMemory(() => module.value.runLLVM(undefined, {}, { fetchProgress: () => {} }));
    return ok(new Clang(module.value));
  }

  /** Compiles and links, on the calling thread. */
  async run(
    { driver, fileName, source, flags, precompiled }: ClangJob,
  ): Promise<ClangOutcome> {
    const messages = new MessageCollector();
    const include = precompiled === undefined ? [] : ["-include-pch", PRECOMPILED];
    const header = precompiled && { [HEADER]: precompiled.text, [PRECOMPILED]: precompiled.bytes };
    const args = [fileName, ...flags, ...include, "-o", OUTPUT];
    try {
      const files = await this.#package.commands[driver](args, { [fileName]: source, ...header }, {
        decodeASCII: false,
        stdout: messages.write,
        stderr: messages.write,
      });
      const output = files?.[OUTPUT];
      if (!(output instanceof Uint8Array)) return { kind: "refused", text: messages.text() };
      return { kind: "built", module: new Uint8Array(output), text: messages.text() };
    } catch (thrown) {
      if (thrown instanceof this.#package.Exit) return exitOutcome(thrown, messages.text());
      return {
        kind: "crashed",
        limit: brokenLimit(thrown, messages.text()),
        text: messages.text(),
      };
    }
  }

  /** Reads a C++ header once for many runs. @returns undefined if that fails */
  async precompile(text: string, flags: readonly string[]): Promise<PrecompiledHeader | undefined> {
    const args = ["-x", "c++-header", HEADER, ...flags, "-o", PRECOMPILED];
    try {
      const files = await this.#package.commands["clang++"](args, { [HEADER]: text }, {
        decodeASCII: false,
        stdout: () => {},
        stderr: () => {},
      });
      const bytes = files?.[PRECOMPILED];
      return bytes instanceof Uint8Array ? { text, bytes } : undefined;
    } catch {
      // Then every run reads the header itself.
      return undefined;
    }
  }
}

/** Compiler errors exit with 1; LLVM's own last words with 70 or more (out of memory, a bug report). */
function exitOutcome({ code }: Exit, text: string): ClangOutcome {
  if (code < 70 && !/LLVM ERROR/.test(text)) return { kind: "refused", text };
  return { kind: "crashed", limit: brokenLimit(undefined, text), text };
}

function brokenLimit(thrown: unknown, text: string): "memory" | "stack" | "unknown" {
  if (thrown instanceof RangeError) return "stack";
  return /out of memory|bad_alloc|[Aa]llocation failed/.test(text) ? "memory" : "unknown";
}

/**
 * The package compiles its own modules and takes none from outside, so what it compiles is limited on the way
 * into the engine. Only while it loads, and on this thread alone.
 */
async function withLimitedMemory(load: () => unknown): Promise<void> {
  const { compile, compileStreaming } = WebAssembly;
  const compileLimited = async (bytes: BufferSource | Promise<BufferSource>) => {
    const code = new Uint8Array(await bytes as ArrayBuffer);
    limitMemory(code, MAX_MEMORY_PAGES);
    return await compile(code);
  };
  WebAssembly.compile = compileLimited;
  WebAssembly.compileStreaming = async (response) =>
    await compileLimited((await response).arrayBuffer());
  try {
    await load();
  } finally {
    WebAssembly.compile = compile;
    WebAssembly.compileStreaming = compileStreaming;
  }
}

/** Joins what the compiler prints, which arrives in pieces of any size, up to a limit. */
class MessageCollector {
  readonly #decoder = new TextDecoder();
  #text = "";
  #bytes = 0;

  readonly write = (bytes: Uint8Array | null): void => {
    if (bytes === null || this.#bytes > MAX_TEXT_BYTES) return;
    this.#bytes += bytes.length;
    this.#text += this.#decoder.decode(bytes.subarray(0, MAX_TEXT_BYTES), { stream: true });
  };

  text(): string {
    return this.#text;
  }
}
