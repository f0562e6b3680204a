import type { Program } from "../isolate/program.ts";
import type { Diagnostic } from "./language.ts";

/** An interpreter's module, which all functions of its languages share. */
export type EngineName = "quickjs" | "python" | "php";

/**
 * What a build makes of a source: everything a version needs to run. Plain data, so that it can be stored
 * on disk and posted between threads.
 */
export type Artifact = ModuleArtifact | StaticArtifact;

/** A WASI module, or an engine and the program it runs. */
export interface ModuleArtifact {
  readonly kind: "module";
  /** The module's own bytes, not yet instrumented, or the engine that runs `program`. */
  readonly module: Uint8Array<ArrayBuffer> | EngineName;
  /** The export to call. @default chosen as for a prebuilt module: `_start`, else `run` */
  readonly handler?: string;
  readonly program?: Program;
  /** What the compiler said all the same, e.g. warnings. @default none */
  readonly diagnostics?: readonly Diagnostic[];
}

/** A body that is answered as it is. */
export interface StaticArtifact {
  readonly kind: "static";
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}
