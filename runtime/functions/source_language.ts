import type { LanguageName } from "../build/language.ts";
import { createLanguages, languageOfExtension } from "../build/languages.ts";

/** Each language's extensions, the usual one first. */
const EXTENSIONS: ReadonlyMap<LanguageName, readonly [string, ...string[]]> = new Map(
  [...createLanguages({}).values()].map(({ name, extensions }) => [name, extensions]),
);

/** The extension of native libraries, which are called and never built. */
const LIBRARY_EXTENSION = "so";

/** Every language functions are written in, and `wasm`. */
export function languageNames(): LanguageName[] {
  return [...EXTENSIONS.keys()].sort();
}

/** The language a file's name tells, or undefined if such files are no functions. */
export function languageOf(file: string): LanguageName | undefined {
  const extension = extensionOf(file);
  // A configuration could not tell which of the many spellings of a name it belongs to.
  if (extension === undefined || extension !== extension.toLowerCase()) return undefined;
  return languageOfExtension(extension);
}

/** Whether a file's name is a native library's. */
export function isLibrary(file: string): boolean {
  return extensionOf(file) === LIBRARY_EXTENSION;
}

/** Whether files of such a name are functions. */
export function isFunctionFile(file: string): boolean {
  return languageOf(file) !== undefined || isLibrary(file);
}

/** The usual extension of a language's files, without the dot. */
export function usualExtension(language: LanguageName): string {
  return EXTENSIONS.get(language)?.[0] ?? language;
}

/** A file's path without its extension; what a function's files have in common. */
export function stemOf(file: string): string {
  const extension = extensionOf(file);
  return extension === undefined ? file : file.slice(0, -extension.length - 1);
}

/** The configuration that belongs to a source or module. */
export function configFileOf(file: string): string {
  return `${stemOf(file)}.toml`;
}

/** The sources and modules a configuration may belong to. */
export function sourcesOf(configFile: string): string[] {
  const stem = stemOf(configFile);
  const extensions = [...EXTENSIONS.values(), LIBRARY_EXTENSION].flat();
  return extensions.map((extension) => `${stem}.${extension}`);
}

function extensionOf(file: string): string | undefined {
  return /\.([^./]+)$/.exec(file)?.[1];
}
