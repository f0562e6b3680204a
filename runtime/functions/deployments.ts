import type { LanguageName } from "../build/language.ts";
import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";

/** What someone deploys. */
export interface DeployRequest {
  /** The function's name; it is served at `/<name>`. */
  readonly name: string;
  readonly language: LanguageName;
  readonly source: Uint8Array<ArrayBuffer>;
  /** The text of its `NAME.toml`. @default none: every default */
  readonly config?: string;
  /** Whether a taken name gets a new version instead of `name_taken`. @default false */
  readonly isReplacing?: boolean;
}

/** An immutable version of a deployed function. */
export interface DeployedVersion {
  /** `<name>_<unix seconds>`, with a suffix where that is taken. */
  readonly id: string;
  /** SHA-256 over source, language and configuration. */
  readonly contentHash: string;
  readonly language: LanguageName;
  /** Whether the build made a module of its own. */
  readonly hasModule: boolean;
  /** Bytes of the source. */
  readonly size: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly isActive: boolean;
  /** The text of its `NAME.toml`, if it has one. */
  readonly config?: string;
}

/** A deployed function. */
export interface DeployedFunction {
  readonly name: string;
  /** The route, `/<name>`. */
  readonly route: string;
  readonly active: DeployedVersion;
  /** Newest first. */
  readonly versions: readonly DeployedVersion[];
}

/** The source of a version as it was deployed. */
export interface DeployedSource {
  readonly version: DeployedVersion;
  readonly source: Uint8Array<ArrayBuffer>;
}

/**
 * The functions that were deployed through the API, kept in the data folder. An answered deployment is
 * durable and serves: the next request for its route is answered by it.
 */
export interface Deployments {
  /** @returns `name_taken`, `bad_request` (the name), `build_failed`, `toolchain_missing`, `invalid_module`, … */
  deploy(request: DeployRequest): Promise<Result<DeployedFunction, SkerryError>>;
  /** By name, in the order of names. */
  list(): readonly DeployedFunction[];
  /** By name or by the id of one of its versions. */
  find(nameOrId: string): DeployedFunction | undefined;
  /** @param versionId The active one if absent. @returns `function_not_found` or `version_not_found` */
  source(name: string, versionId?: string): Promise<Result<DeployedSource, SkerryError>>;
  /**
   * Makes an earlier version the active one.
   *
   * @param versionId The one that was active before the active one if absent.
   */
  rollback(name: string, versionId?: string): Promise<Result<DeployedFunction, SkerryError>>;
  remove(name: string): Promise<Result<void, SkerryError>>;
}

/** A row of the route table, `formats.md`'s `functions`, and how it fares. */
export interface RouteRow {
  /** `METHOD:/path`. */
  readonly key: string;
  /** The JSON as it stands in the table. */
  readonly value: string;
  /** Unix seconds. */
  readonly updated: number;
  readonly state: "ready" | "unloaded" | "loading" | "broken";
  readonly error?: { readonly code: string; readonly message: string };
}

/** The route table `<data>/faas_meta.db`, which other programs edit too. */
export interface RouteTable {
  list(): readonly RouteRow[];
  /** Inserts or updates; the route answers when this resolves. */
  put(key: string, value: string): Promise<Result<RouteRow, SkerryError>>;
  /** @returns `route_not_found` */
  remove(key: string): Promise<Result<void, SkerryError>>;
}
