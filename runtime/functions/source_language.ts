import type { LanguageName } from "../build/language.ts";

/** Languages by file name extension. */
const LANGUAGES: ReadonlyMap<string, LanguageName> = new Map<string, LanguageName>([
  ["wasm", "wasm"],
  ["wat", "wat"],
  ["c", "c"],
  ["cpp", "cpp"],
  ["rs", "rust"],
  ["go", "go"],
  ["js", "js"],
  ["ts", "ts"],
  ["py", "python"],
  ["php", "php"],
  ["html", "html"],
]);

/** The extension of native libraries, which are called and never built. */
const LIBRARY_EXTENSION = "so";

/** Every extension of a function's file, the prebuilt module's first: it comes before its source. */
export const SOURCE_EXTENSIONS: readonly string[] = [...LANGUAGES.keys(), LIBRARY_EXTENSION];

/** The language a file's name tells, or undefined if such files are no functions. */
export function languageOf(file: string): LanguageName | undefined {
  const extension = extensionOf(file);
  return extension === undefined ? undefined : LANGUAGES.get(extension);
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
  for (const [extension, name] of LANGUAGES) if (name === language) return extension;
  return language;
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
  return SOURCE_EXTENSIONS.map((extension) => `${stem}.${extension}`);
}

function extensionOf(file: string): string | undefined {
  return /\.([^./]+)$/.exec(file)?.[1];
}
