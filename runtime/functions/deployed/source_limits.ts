import type { LanguageName } from "../../build/language.ts";

const MIB = 1024 * 1024;

/** Bytes of a source at most. Compilers need a multiple of it; a module is only rewritten. */
export function maxSourceBytes(language: LanguageName): number {
  return language === "wasm" ? 128 * MIB : 4 * MIB;
}
