import type {
  DeployedFunction,
  DeployedVersion,
  Deployments,
} from "../../functions/deployments.ts";
import { languageOf } from "../../functions/source_language.ts";
import type { FunctionStatus } from "../../functions/function_status.ts";

/** A function as the list shows it. */
export function statusJson(
  status: FunctionStatus,
  deployments: Pick<Deployments, "find"> | undefined,
): Record<string, unknown> {
  if (status.source === "folder") return { ...status, language: sourceLanguage(status.file) };
  if (status.source !== "deployed") return { ...status };
  const deployed = deployments?.find(status.route.slice(1));
  if (deployed === undefined) return { ...status };
  return { ...status, name: deployed.name, language: deployed.active.language };
}

/** What a file of the folder is written in; undefined if that is not told: it is a module, or a library. */
function sourceLanguage(file: string): string | undefined {
  const language = languageOf(file);
  return language === "wasm" ? undefined : language;
}

/** A deployed function by itself. */
export function deployedJson(
  { name, active, versions }: DeployedFunction,
  status: FunctionStatus | undefined,
): Record<string, unknown> {
  return {
    ...status,
    name,
    id: active.id,
    language: active.language,
    versions: versions.map(versionJson),
    config: active.config ?? null,
  };
}

/** A version, without its source and configuration. */
export function versionJson(version: DeployedVersion): Record<string, unknown> {
  const { id, contentHash, language, size, createdAt, isActive, hasModule } = version;
  return {
    id,
    content_hash: contentHash,
    language,
    size,
    created_at: createdAt,
    is_active: isActive,
    has_module: hasModule,
  };
}
