import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";

/** The languages functions are written in, as `lang` names them. */
export const LANGUAGE_NAMES = [
  "c",
  "cpp",
  "go",
  "html",
  "js",
  "php",
  "python",
  "rust",
  "ts",
  "wasm",
  "wat",
] as const;

/** One of {@linkcode LANGUAGE_NAMES}. */
export type LanguageName = typeof LANGUAGE_NAMES[number];

/** A source to build. */
export interface Source {
  /** What the compiler's messages call it, e.g. `hello.c`; never a host path. */
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One message of a compiler. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
  /** The file as the user knows it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** How one language becomes something that runs. One file a language implements it. */
export interface Language {
  readonly name: LanguageName;
  /** What the language is called in messages and documentation, e.g. `C++`. */
  readonly title: string;
  /** File name extensions without the dot, the usual one first. */
  readonly extensions: readonly [string, ...string[]];
  /**
   * What the output depends on besides the source, e.g. `clang 22.0.0`: part of the key that built output is
   * cached under. Does not load the toolchain.
   */
  toolchainVersion(): Promise<string>;
  /**
   * Loads the toolchain where that takes long, so that its time does not count as a build's. Building loads
   * it too.
   */
  load?(): Promise<Result<void, SkerryError>>;
  /**
   * Builds on the calling thread or in a process of its own; called on a builder thread, never on the
   * server's. Never rejects for what the source holds.
   *
   * @returns `build_failed` with `diagnostics`, or with `limit` if a limit was hit (`memory`, `stack`, …), or `toolchain_missing` with the command that installs it.
   */
  build(source: Source): Promise<Result<Artifact, SkerryError>>;
}

/**
 * Builds off the calling thread, bounded in time, memory and number; the output is cached by content and
 * toolchain version. Never rejects.
 *
 * @returns what {@linkcode Language.build} does, `overloaded` if too many wait, `shutting_down` at the end.
 */
export type Build = (
  language: LanguageName,
  source: Source,
) => Promise<Result<Artifact, SkerryError>>;
