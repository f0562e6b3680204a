/** What tests put in place of the deployed functions: everything is kept in memory, and nothing is built. */
import { type SkerryError, skerryError } from "../errors.ts";
import type {
  DeployedFunction,
  DeployedSource,
  DeployedVersion,
  Deployments,
  DeployRequest,
} from "../functions/deployments.ts";
import { err, ok, type Result } from "../result.ts";

interface Kept {
  readonly version: DeployedVersion;
  readonly source: Uint8Array<ArrayBuffer>;
}

/** Deployments that accept everything that has a new name, unless told to fail. */
export class FakeDeployments implements Deployments {
  /** What was asked, oldest first. */
  readonly requests: DeployRequest[] = [];
  /** What every deployment fails with, if anything. */
  failure: SkerryError | undefined;
  readonly #kept = new Map<string, Kept[]>();

  deploy(request: DeployRequest): Promise<Result<DeployedFunction, SkerryError>> {
    this.requests.push(request);
    const { name, language, source, config, isReplacing } = request;
    const earlier = this.#kept.get(name) ?? [];
    if (this.failure !== undefined) return Promise.resolve(err(this.failure));
    if (earlier.length > 0 && !isReplacing) {
      return Promise.resolve(err(skerryError("name_taken", `Cannot deploy ${name}: taken`)));
    }
    const version = {
      id: `${name}_${1000 + earlier.length}`,
      contentHash: "0".repeat(64),
      language,
      hasModule: language !== "html",
      size: source.length,
      createdAt: "2026-01-01T00:00:00.000Z",
      isActive: true,
      config,
    };
    const others = earlier.map((each) => inactive(each));
    this.#kept.set(name, [{ version, source }, ...others]);
    return Promise.resolve(ok(this.find(name)!));
  }

  list(): readonly DeployedFunction[] {
    return [...this.#kept.keys()].map((name) => this.find(name)!);
  }

  find(nameOrId: string): DeployedFunction | undefined {
    for (const [name, kept] of this.#kept) {
      const versions = kept.map(({ version }) => version);
      if (name !== nameOrId && !versions.some(({ id }) => id === nameOrId)) continue;
      const active = versions.find(({ isActive }) => isActive)!;
      return { name, route: `/${name}`, active, versions };
    }
  }

  source(name: string, versionId?: string): Promise<Result<DeployedSource, SkerryError>> {
    const kept = this.#kept.get(name)?.find(({ version }) =>
      versionId === undefined ? version.isActive : version.id === versionId
    );
    if (kept !== undefined) return Promise.resolve(ok(kept));
    return Promise.resolve(err(skerryError("version_not_found", `Cannot find ${versionId}`)));
  }

  rollback(name: string, versionId?: string): Promise<Result<DeployedFunction, SkerryError>> {
    const kept = this.#kept.get(name) ?? [];
    const wanted = versionId ?? kept[1]?.version.id;
    if (!kept.some(({ version }) => version.id === wanted)) {
      const message = `Cannot find version ${wanted} of ${name}`;
      return Promise.resolve(err(skerryError("version_not_found", message)));
    }
    const switched = kept.map(({ version, source }) => {
      return { source, version: { ...version, isActive: version.id === wanted } };
    });
    this.#kept.set(name, switched);
    return Promise.resolve(ok(this.find(name)!));
  }

  remove(name: string): Promise<Result<void, SkerryError>> {
    if (this.#kept.delete(name)) return Promise.resolve(ok(undefined));
    return Promise.resolve(err(skerryError("function_not_found", `Cannot find ${name}`)));
  }
}

function inactive({ version, source }: Kept): Kept {
  return { source, version: { ...version, isActive: false } };
}
