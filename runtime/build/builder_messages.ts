import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { Artifact, EngineName } from "./artifact.ts";
import type { LanguageName } from "./language.ts";
import type { LanguageContext } from "./languages.ts";

/** A source to build; `buffer` is transferred. */
export interface SourceTask {
  readonly language: LanguageName;
  /** What errors call it. */
  readonly fileName: string;
  readonly buffer: ArrayBuffer;
  readonly context: LanguageContext;
}

/** An interpreter's module to make of its package. */
export interface EngineTask {
  readonly engine: EngineName;
  readonly fileName: string;
  readonly context: LanguageContext;
}

/** What a builder does. */
export type BuilderTask = SourceTask | EngineTask;

/** To a builder's thread. */
export interface BuildMessage {
  readonly requestId: number;
  readonly task: BuilderTask;
}

/** And back: the toolchain is loaded and the build's clock runs, then what came of it. */
export type BuilderMessage =
  | { readonly requestId: number; readonly kind: "building" }
  | {
    readonly requestId: number;
    readonly kind: "built";
    readonly result: Result<Artifact, SkerryError>;
  };
