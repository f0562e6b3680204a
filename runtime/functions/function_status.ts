import type { ErrorCode } from "../errors.ts";

/** Where a function comes from: the functions folder, a deployment, or a row of the route table. */
export type FunctionSource = "folder" | "deployed" | "route";

/** One function as `/_/functions` shows it. */
export interface FunctionStatus {
  readonly route: string;
  /** The method it answers there; absent if the route is all its own. */
  readonly method?: string;
  readonly source: FunctionSource;
  /** The module or source: relative to the functions folder, a deployment's name, or the key of its row. */
  readonly file: string;
  /**
   * `ready`: answers at once. `unloaded`: prepared at its next call. `loading`: being prepared.
   * `broken`: nothing to serve, `error` says why. A function whose new version is broken stays `ready` with
   * the old one and carries `error` as well.
   */
  readonly state: "ready" | "unloaded" | "loading" | "broken";
  /** The first 12 hexadecimal digits of the SHA-256 over module and configuration. */
  readonly version?: string;
  /** Bytes of the module or source. */
  readonly size: number;
  /** Methods the route answers; absent if it answers all. */
  readonly methods?: readonly string[];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** When `version` began to serve, ISO 8601. */
  readonly loadedAt?: string;
}
