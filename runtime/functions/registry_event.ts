import type { SkerryError } from "../errors.ts";

/** Something an operator wants to know. Files are named as `FunctionStatus` has them. */
export type RegistryEvent =
  /** A version began to serve; not `isFirst` if it replaced another. */
  | {
    readonly kind: "function_ready";
    readonly route: string;
    readonly file: string;
    readonly version: string;
    readonly isFirst: boolean;
  }
  /** A content cannot be served; `isServing` if an older version still is. Once for each content. */
  | {
    readonly kind: "function_broken";
    readonly route: string;
    readonly file: string;
    readonly error: SkerryError;
    readonly isServing: boolean;
  }
  | { readonly kind: "function_removed"; readonly route: string; readonly file: string }
  /** Something in the folder is skipped. */
  | { readonly kind: "folder_problem"; readonly message: string }
  /** The route table, or a row of it, cannot be used. */
  | { readonly kind: "route_problem"; readonly message: string };

/** Is told of every {@linkcode RegistryEvent}. */
export type RegistryListener = (event: RegistryEvent) => void;
