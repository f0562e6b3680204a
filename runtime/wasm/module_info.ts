/**
 * What the rest of Skerry knows about a module: plain data, so that it can be posted between threads.
 */
export interface ModuleInfo {
  /** Every import, in order. */
  readonly imports: readonly ImportInfo[];
  /** The module's own exports; the reserved ones (see `reserved.ts`) are not listed. */
  readonly exports: readonly ExportInfo[];
  /** Memories the module defines, in index order; each is exported as `reservedMemory(i)`. */
  readonly memories: readonly MemoryInfo[];
  /** What prepares the module for all its runs, if it exports that. */
  readonly initialiser?: Initialiser;
  /** Whether the module had a start section; it is now the export {@linkcode RESERVED.start}. */
  readonly hasStart: boolean;
  /**
   * Whether a run's effects are confined to what reset restores (memories, mutable globals) or reports
   * (the `dirty` bit). False, for instance, where runs can write into GC objects that globals hold:
   * such a module gets a fresh instance for every run.
   */
  readonly isRecyclable: boolean;
  /**
   * Whether the module uses exception handling. Its `catch_all` would catch what a host function throws,
   * so the host must stop it by {@linkcode RESERVED.trap}.
   */
  readonly usesExceptions: boolean;
  /** Bytes of all function bodies. */
  readonly codeBytes: number;
  /** Bytes of the largest function body: what one lazy compilation may cost. */
  readonly largestFunctionBytes: number;
  /** Elements of all tables at instantiation, which fills them one by one. */
  readonly tableElements: number;
}

/**
 * A function that does what all runs have in common, so that they need not: the convention of Wizer, which calls it
 * and makes a new module of what it leaves.
 */
export interface Initialiser {
  /** Its export's name. */
  readonly name: string;
  /** Mutable globals that the module defines; each is exported as `reservedGlobal(i)`. */
  readonly mutableGlobals: number;
  /** The type of a mutable global whose value cannot leave the instance, if there is one. */
  readonly heldType?: string;
}

/** One import: where it comes from and what it is. */
export interface ImportInfo {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** For functions: parameter and result types as text, e.g. `(i32, i32) -> (i32)`. */
  readonly signature?: string;
}

/** One export. */
export interface ExportInfo {
  readonly name: string;
  readonly kind: ExternKind;
  /** For functions: parameter and result types as text, e.g. `() -> ()`. */
  readonly signature?: string;
  /** For memories: its index among the memories the module defines. */
  readonly memoryIndex?: number;
}

/** What an import or export is. */
export type ExternKind = "function" | "table" | "memory" | "global" | "tag";

/** One memory the module defines. */
export interface MemoryInfo {
  readonly initialPages: number;
  /** After clamping to the function's limit. */
  readonly maximumPages: number;
  readonly addressType: "i32" | "i64";
}
