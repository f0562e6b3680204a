import type { StaticArtifact } from "../build/artifact.ts";
import type { LanguageName } from "../build/language.ts";
import type { SkerryError } from "../errors.ts";
import { ok, type Result } from "../result.ts";
import type { FunctionConfig } from "./function_config.ts";
import type { FunctionVersion } from "./served_function.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import {
  locateMounts,
  moduleVersion,
  type Runnable,
  staticVersion,
  type VersionMaker,
} from "./version_maker.ts";

/** A source that was read, and all that is known about it. */
export interface VersionSource {
  /** Names the function in errors. */
  readonly name: string;
  /** `static` is served as it is. */
  readonly language: LanguageName | "static";
  /** What a compiler's messages call it; no host path. */
  readonly fileName: string;
  /** Given away. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Equal for equal bytes of the same language. */
  readonly moduleHash: string;
  readonly config: FunctionConfig;
  /** Names the configuration in errors. */
  readonly configName: string;
  /** What host paths of mounts are relative to. */
  readonly mountFolder: string;
  /** Of a `static` source. @default "application/octet-stream" */
  readonly contentType?: string;
}

/** A version, with what another configuration of the same source can run on. */
export type SourceVersion = FunctionVersion & { readonly runnable?: Runnable };

/**
 * Builds and prepares a version.
 *
 * @param current The version that serves now: its module is used again if only the configuration changed.
 */
export async function makeSourceVersion(
  source: VersionSource,
  current: LoadedVersion | undefined,
  maker: VersionMaker,
): Promise<Result<SourceVersion, SkerryError>> {
  const mounts = await locateMounts(source.configName, source.mountFolder, source.config.mounts);
  if (!mounts.ok) return mounts;
  const config = { ...source.config, mounts: mounts.value };
  const reused = reusable(current, source.moduleHash, config);
  if (reused !== undefined) return withRunnable(source.name, config, reused);
  const artifact = source.language === "static"
    ? ok(staticArtifact(source))
    : await maker.build(source.language, source.fileName, source.bytes);
  if (!artifact.ok) return artifact;
  if (artifact.value.kind === "static") return ok(staticVersion(artifact.value, config));
  const runnable = await maker.prepare(artifact.value, config);
  return runnable.ok ? withRunnable(source.name, config, runnable.value) : runnable;
}

function staticArtifact({ bytes, contentType }: VersionSource): StaticArtifact {
  return { kind: "static", contentType: contentType ?? "application/octet-stream", body: bytes };
}

function reusable(
  current: LoadedVersion | undefined,
  moduleHash: string,
  { limits }: FunctionConfig,
): Runnable | undefined {
  const isSame = current?.moduleHash === moduleHash &&
    current.config.limits.memoryPages === limits.memoryPages;
  return isSame ? current.runnable : undefined;
}

function withRunnable(
  name: string,
  config: FunctionConfig,
  runnable: Runnable,
): Result<SourceVersion, SkerryError> {
  const version = moduleVersion(name, config, runnable);
  return version.ok ? ok({ ...version.value, runnable }) : version;
}
