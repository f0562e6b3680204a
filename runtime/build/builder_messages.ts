import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import type { LanguageName } from "./language.ts";
import type { LanguageContext } from "./languages.ts";

/** To a builder's thread; `buffer` is transferred. */
export interface BuildMessage {
  readonly requestId: number;
  readonly language: LanguageName;
  readonly fileName: string;
  readonly buffer: ArrayBuffer;
  readonly context: LanguageContext;
}

/** And back: the toolchain is loaded and the build's clock runs, then what came of it. */
export type BuilderMessage =
  | { readonly requestId: number; readonly kind: "building" }
  | {
    readonly requestId: number;
    readonly kind: "built";
    readonly result: Result<Artifact, SkerryError>;
  };
