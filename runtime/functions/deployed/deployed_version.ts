import type { Artifact, ModuleArtifact } from "../../build/artifact.ts";
import type { LanguageName } from "../../build/language.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { FunctionConfig } from "../function_config.ts";
import type { FunctionVersion } from "../served_function.ts";
import { usualExtension } from "../source_language.ts";
import type { LoadedVersion } from "../loaded_version.ts";
import { moduleVersion, staticVersion, type VersionMaker } from "../version_maker.ts";
import { artifactFiles, readArtifact } from "./artifact_files.ts";
import type { VersionRow } from "./database.ts";
import type { DeploymentStore } from "./deployment_store.ts";

/** A version that was just made, and the files that keep it. */
export interface MadeVersion {
  readonly version: LoadedVersion;
  /** By name; without the metadata. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Whether it has a module of its own. */
  readonly hasModule: boolean;
}

/** What a deployed version is made of. */
export interface VersionInput {
  readonly name: string;
  readonly language: LanguageName;
  readonly source: Uint8Array<ArrayBuffer>;
  readonly config: string | undefined;
  readonly contentHash: string;
}

/** The file a version's source is kept in. */
export function sourceFile(language: LanguageName): string {
  return `code.${usualExtension(language)}`;
}

/** Builds and prepares a version: what cannot run is refused before anything is kept. */
export async function makeDeployedVersion(
  input: VersionInput,
  maker: VersionMaker,
): Promise<Result<MadeVersion, SkerryError>> {
  const { name, language, source } = input;
  const config = readDeployedConfig(name, input.config, maker);
  if (!config.ok) return config;
  const fileName = `${name}.${usualExtension(language)}`;
  // Builders and compilers are given their bytes for good.
  const artifact = await maker.build(language, fileName, source.slice());
  if (!artifact.ok) return artifact;
  const kept = keepModule(artifact.value);
  const made = await fromArtifact(input, artifact.value, config.value, maker);
  if (!made.ok) return made;
  const files = artifactFiles(kept).set(sourceFile(language), source);
  const hasModule = kept.kind === "module" && typeof kept.module !== "string";
  return ok({ version: made.value, files, hasModule });
}

/** Loads a version from its files. */
export async function loadDeployedVersion(
  row: VersionRow,
  store: DeploymentStore,
  maker: VersionMaker,
): Promise<Result<LoadedVersion, SkerryError>> {
  const config = readDeployedConfig(row.name, row.config ?? undefined, maker);
  if (!config.ok) return config;
  const source = sourceFile(row.language);
  const files = await store.read(row, (file) => file !== source || row.language === "wasm");
  if (!files.ok) return files;
  const stored = readArtifact(files.value);
  if (!stored.ok) {
    return err(skerryError("storage_failed", `Cannot read ${row.id}: ${stored.error}`));
  }
  const input = { ...row, config: row.config ?? undefined };
  const made = await fromArtifact(input, stored.value, config.value, maker);
  if (!made.ok || engineHashOf(made.value) === row.engineHash) return made;
  return await rebuild(row, store, config.value, maker);
}

/** The engine is another than the version was made for, which its snapshot does not fit. */
async function rebuild(
  row: VersionRow,
  store: DeploymentStore,
  config: FunctionConfig,
  maker: VersionMaker,
): Promise<Result<LoadedVersion, SkerryError>> {
  const file = sourceFile(row.language);
  const files = await store.read(row, (each) => each === file);
  if (!files.ok) return files;
  const artifact = await maker.build(row.language, file, files.value.get(file)!);
  if (!artifact.ok) return artifact;
  return await fromArtifact(row, artifact.value, config, maker);
}

async function fromArtifact(
  { name, language, contentHash, ...rest }:
    & Pick<VersionInput, "name" | "language" | "contentHash">
    & ({ readonly source: Uint8Array } | { readonly size: number }),
  artifact: Artifact,
  config: FunctionConfig,
  maker: VersionMaker,
): Promise<Result<LoadedVersion, SkerryError>> {
  const size = "source" in rest ? rest.source.length : rest.size;
  const origin = { id: contentHash, moduleHash: contentHash, size };
  if (artifact.kind === "static") return ok({ ...staticVersion(artifact, config), ...origin });
  const runnable = await maker.prepare(artifact, config);
  if (!runnable.ok) return runnable;
  const version = moduleVersion(`${name}.${usualExtension(language)}`, config, runnable.value);
  return version.ok ? ok({ ...version.value, ...origin, runnable: runnable.value }) : version;
}

/**
 * Whoever may deploy must not get at the host by it: neither directories nor the server's variables are to be had
 * through a deployed configuration, and code of the machine's own even less.
 */
function readDeployedConfig(
  name: string,
  text: string | undefined,
  maker: VersionMaker,
): Result<FunctionConfig, SkerryError> {
  const file = `${name}.toml`;
  const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
  const config = maker.parseConfig(file, bytes, { environment: () => undefined });
  if (!config.ok) return config;
  const { native, mounts } = config.value;
  const key = native !== undefined ? "runtime" : mounts.length > 0 ? "mounts" : undefined;
  if (key === undefined) return config;
  const what = { runtime: "is never native", mounts: "has no directories" }[key];
  const message = `Cannot read ${file}: ${key} is for functions of the folder and the route ` +
    `table; a deployed function ${what}`;
  return err(skerryError("invalid_config", message, { file, key }));
}

/** Preparing gives a module's bytes away; what is to be written needs its own. */
function keepModule(artifact: Artifact): Artifact {
  if (artifact.kind === "static" || typeof artifact.module === "string") return artifact;
  return { ...artifact, module: artifact.module.slice() } satisfies ModuleArtifact;
}

/** Which engine a version was made for, if any. */
export function engineHashOf({ runnable }: LoadedVersion): string | null {
  return runnable?.engineHash ?? null;
}

/** The export that is called, for the metadata. */
export function entrypointOf(version: FunctionVersion): string | null {
  return version.kind === "module" ? version.target.handler : null;
}
