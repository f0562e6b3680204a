import type { BuildTimes } from "./build_times.ts";
import { cLanguage, cppLanguage } from "./c.ts";
import { htmlLanguage } from "./html.ts";
import { javascriptLanguage, typescriptLanguage } from "./javascript.ts";
import type { Language, LanguageName } from "./language.ts";
import { phpLanguage } from "./php.ts";
import { pythonLanguage } from "./python.ts";
import { prebuiltLanguage } from "./prebuilt.ts";
import type { ToolEnvironment } from "./native/find_program.ts";
import { goLanguage } from "./native/go.ts";
import { rustLanguage } from "./native/rust.ts";
import type { ToolchainPlaces } from "./toolchain_package.ts";
import { watLanguage } from "./wat.ts";

/** What languages need to know of the server; plain data, so that it can be posted to threads. */
export interface LanguageContext extends ToolchainPlaces, BuildTimes {
  /** A folder languages may keep files in between builds, e.g. Go's compiled library. @default none */
  readonly workFolder?: string;
  /** The variables that say where compilers are. @default none: only the usual places */
  readonly environment?: ToolEnvironment;
}

/** Every language Skerry builds. To add one, write its file and list it here. */
const LANGUAGES: readonly ((context: LanguageContext) => Language)[] = [
  cLanguage,
  cppLanguage,
  phpLanguage,
  javascriptLanguage,
  typescriptLanguage,
  pythonLanguage,
  goLanguage,
  htmlLanguage,
  prebuiltLanguage,
  rustLanguage,
  watLanguage,
];

/** The languages by name. Makes them only: a toolchain loads when its language is first used. */
export function createLanguages(
  context: LanguageContext,
): ReadonlyMap<LanguageName, Language> {
  return new Map(
    LANGUAGES.map((create) => create(context)).map((language) => [language.name, language]),
  );
}

/**
 * The language of a file by its extension.
 *
 * @param extension Without the dot; letters may be of either case
 *
 * @example
 * ```ts
 * import { languageOfExtension } from "./languages.ts";
 *
 * console.log(languageOfExtension("cc")); // cpp
 * ```
 */
export function languageOfExtension(extension: string): LanguageName | undefined {
  return BY_EXTENSION.get(extension.toLowerCase());
}

const BY_EXTENSION: ReadonlyMap<string, LanguageName> = new Map(
  [...createLanguages({}).values()].flatMap(({ name, extensions }) =>
    extensions.map((extension) => [extension, name] as const)
  ),
);
