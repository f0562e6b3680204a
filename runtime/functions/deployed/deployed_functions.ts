import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Catalogue } from "../catalogue.ts";
import type {
  DeployedFunction,
  DeployedSource,
  DeployedVersion,
  Deployments,
  DeployRequest,
} from "../deployments.ts";
import { FunctionEntry, type FunctionOrigin } from "../function_entry.ts";
import { literalPattern } from "../route_pattern.ts";
import { usualExtension } from "../source_language.ts";
import type { LoadedVersion } from "../loaded_version.ts";
import { type LoadFailure, sha256 } from "../version_loader.ts";
import type { VersionMaker } from "../version_maker.ts";
import type { VersionRow } from "./database.ts";
import {
  engineHashOf,
  entrypointOf,
  loadDeployedVersion,
  type MadeVersion,
  makeDeployedVersion,
  sourceFile,
  type VersionInput,
} from "./deployed_version.ts";
import type { DeploymentStore } from "./deployment_store.ts";
import { checkName } from "./function_name.ts";
import { metadataFile } from "./metadata.ts";
import { maxSourceBytes } from "./source_limits.ts";

/** A deployed function with all of its versions. */
interface Deployed {
  readonly name: string;
  readonly fn: FunctionEntry;
  /** Oldest first. */
  versions: readonly VersionRow[];
  active: VersionRow;
}

const MAX_CONFIG_BYTES = 64 * 1024;

/**
 * The deployed functions: what {@linkcode Deployments} promises, on a {@linkcode DeploymentStore}. Whatever changes
 * what is deployed is committed and takes effect in one go, so that concurrent changes cannot mix.
 */
export class DeployedFunctions implements Deployments {
  readonly #store: DeploymentStore;
  readonly #maker: VersionMaker;
  readonly #catalogue: Catalogue;
  readonly #functions = new Map<string, Deployed>();
  /** Names by the ids of their versions. */
  readonly #names = new Map<string, string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #lastSequence = 0;
  #isClosed = false;

  /** Serves what the store holds; reads no file before the first call. */
  constructor(store: DeploymentStore, maker: VersionMaker, catalogue: Catalogue) {
    this.#store = store;
    this.#maker = maker;
    this.#catalogue = catalogue;
    const { versions, active } = store.content;
    for (const [name, rows] of Map.groupBy(versions, (row) => row.name)) {
      const current = rows.find(({ id }) => id === active.get(name)) ?? rows.at(-1)!;
      this.#adopt(name, rows, current);
    }
    this.#lastSequence = versions.at(-1)?.sequence ?? 0;
  }

  deploy(request: DeployRequest): Promise<Result<DeployedFunction, SkerryError>> {
    return this.#track(() => this.#deploy(request));
  }

  list(): readonly DeployedFunction[] {
    const names = [...this.#functions.keys()].sort();
    return names.map((name) => present(this.#functions.get(name)!));
  }

  find(nameOrId: string): DeployedFunction | undefined {
    const found = this.#functions.get(nameOrId) ??
      this.#functions.get(this.#names.get(nameOrId) ?? "");
    return found && present(found);
  }

  async source(name: string, versionId?: string): Promise<Result<DeployedSource, SkerryError>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const row = pickVersion(found.value, versionId ?? found.value.active.id);
    if (!row.ok) return row;
    const file = sourceFile(row.value.language);
    const files = await this.#store.read(row.value, (each) => each === file);
    if (!files.ok) return files;
    const version = presentVersion(row.value, found.value.active);
    const source = files.value.get(file) ?? new Uint8Array(0);
    return ok({ version, source });
  }

  rollback(name: string, versionId?: string): Promise<Result<DeployedFunction, SkerryError>> {
    return this.#track(() => this.#rollback(name, versionId));
  }

  remove(name: string): Promise<Result<void, SkerryError>> {
    return this.#track(() => this.#remove(name));
  }

  /** Takes no more changes, and resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    await this.#store.close();
  }

  async #deploy(request: DeployRequest): Promise<Result<DeployedFunction, SkerryError>> {
    const refused = checkRequest(request) ?? this.#checkFree(request);
    if (refused !== undefined) return err(refused);
    const input = { ...request, config: request.config, contentHash: hashContent(request) };
    const known = await this.#activateKnown(input);
    if (known !== undefined) return known;
    const made = await makeDeployedVersion(input, this.#maker);
    if (!made.ok) return made;
    const now = this.#catalogue.context.clock.wallMs();
    const id = this.#store.newId(request.name, Math.floor(now / 1000));
    const row = toRow(id, new Date(now).toISOString(), input, made.value);
    const files = new Map(made.value.files).set("metadata.json", metadataFile(row));
    const written = await this.#store.write(id, files);
    if (!written.ok) return written;
    return this.#commit(row, request, made.value.version);
  }

  /** From here to the end nothing else has its turn: of two deployments of a name, one comes first. */
  #commit(
    row: Omit<VersionRow, "sequence">,
    request: DeployRequest,
    version: LoadedVersion,
  ): Result<DeployedFunction, SkerryError> {
    const refused = this.#checkFree(request);
    const numbered = { ...row, sequence: this.#lastSequence + 1 };
    const inserted = refused === undefined ? this.#store.insert(numbered) : err(refused);
    if (!inserted.ok) {
      // After any other failure nobody knows whether the row is there once the server starts again.
      if (inserted.error.code !== "storage_failed") void this.#track(() => this.#discard([row.id]));
      return inserted;
    }
    this.#lastSequence++;
    const found = this.#functions.get(row.name);
    const versions = [...found?.versions ?? [], numbered];
    const deployed = found ?? this.#adopt(row.name, versions, numbered);
    this.#activate(deployed, versions, numbered, version);
    return ok(present(deployed));
  }

  /** Content a function already has needs no second version, unless the first one is damaged. */
  async #activateKnown(
    { name, contentHash }: VersionInput,
  ): Promise<Result<DeployedFunction, SkerryError> | undefined> {
    const deployed = this.#functions.get(name);
    const row = deployed?.versions.findLast((each) => each.contentHash === contentHash);
    if (deployed === undefined || row === undefined) return undefined;
    const activated = await this.#switchTo(deployed, row);
    return !activated.ok && activated.error.code === "storage_failed" ? undefined : activated;
  }

  async #rollback(
    name: string,
    versionId: string | undefined,
  ): Promise<Result<DeployedFunction, SkerryError>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const deployed = found.value;
    const row = pickVersion(deployed, versionId ?? previousOf(deployed)?.id);
    if (!row.ok) return row;
    return await this.#switchTo(deployed, row.value);
  }

  async #switchTo(
    deployed: Deployed,
    row: VersionRow,
  ): Promise<Result<DeployedFunction, SkerryError>> {
    const { name, fn } = deployed;
    if (row === deployed.active && fn.active !== undefined) return ok(present(deployed));
    const version = await loadDeployedVersion(row, this.#store, this.#maker);
    if (!version.ok) return version;
    if (this.#functions.get(name) !== deployed) return err(notFound(name));
    const committed = this.#store.activate(name, row.id);
    if (!committed.ok) return committed;
    this.#activate(deployed, deployed.versions, row, version.value);
    return ok(present(deployed));
  }

  async #remove(name: string): Promise<Result<void, SkerryError>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const removed = this.#store.remove(name);
    if (!removed.ok) return removed;
    const { fn, versions } = found.value;
    this.#functions.delete(name);
    for (const { id } of versions) this.#names.delete(id);
    this.#catalogue.remove(fn);
    await this.#discard(versions.map(({ id }) => id));
    return ok(undefined);
  }

  #adopt(name: string, versions: readonly VersionRow[], active: VersionRow): Deployed {
    const origin = new DeployedOrigin(name, active, (row) => {
      return loadDeployedVersion(row, this.#store, this.#maker);
    });
    const pattern = literalPattern(name);
    const fn = new FunctionEntry({ pattern }, origin, this.#catalogue.context);
    const deployed = { name, fn, versions, active };
    this.#functions.set(name, deployed);
    for (const { id } of versions) this.#names.set(id, name);
    this.#catalogue.add(fn);
    return deployed;
  }

  #activate(
    deployed: Deployed,
    versions: readonly VersionRow[],
    row: VersionRow,
    version: LoadedVersion,
  ): void {
    deployed.versions = versions;
    deployed.active = row;
    this.#names.set(row.id, deployed.name);
    (deployed.fn.origin as DeployedOrigin).row = row;
    deployed.fn.place(version);
  }

  #find(name: string): Result<Deployed, SkerryError> {
    const found = this.#functions.get(name);
    return found === undefined ? err(notFound(name)) : ok(found);
  }

  /** Why a name cannot be deployed to now. */
  #checkFree({ name, isReplacing }: DeployRequest): SkerryError | undefined {
    if (this.#functions.has(name)) {
      if (isReplacing) return undefined;
      return skerryError("name_taken", `Cannot deploy ${name}: function name already exists`);
    }
    const owner = this.#catalogue.ownerOf(literalPattern(name));
    if (owner === undefined) return undefined;
    const message = `Cannot deploy ${name}: ${owner.file} already serves /${name}`;
    return skerryError("name_taken", message, { served_by: owner.file });
  }

  async #discard(ids: readonly string[]): Promise<void> {
    await this.#store.discard(ids);
  }

  async #track<T>(action: () => Promise<T>): Promise<T | Result<never, SkerryError>> {
    if (this.#isClosed) {
      return err(skerryError("shutting_down", "Cannot change functions: the server is stopping"));
    }
    const promise = action();
    this.#underWay.add(promise);
    try {
      return await promise;
    } finally {
      this.#underWay.delete(promise);
    }
  }
}

/** The active version of a deployed function, in the store. */
class DeployedOrigin implements FunctionOrigin {
  readonly source = "deployed";
  /** The active version. */
  row: VersionRow;
  readonly #name: string;
  readonly #load: (row: VersionRow) => Promise<Result<LoadedVersion, SkerryError>>;

  constructor(
    name: string,
    row: VersionRow,
    load: (row: VersionRow) => Promise<Result<LoadedVersion, SkerryError>>,
  ) {
    this.#name = name;
    this.row = row;
    this.#load = load;
  }

  get file(): string {
    return `${this.#name}.${usualExtension(this.row.language)}`;
  }

  get size(): number {
    return this.row.size;
  }

  async load(): Promise<Result<LoadedVersion, LoadFailure>> {
    const { row } = this;
    const version = await this.#load(row);
    if (version.ok) return version;
    return err({ error: version.error, contentId: `${row.id} ${version.error.message}` });
  }

  /** Versions are immutable, and a new one is put in place by who made it. */
  hasChanged(): boolean {
    return false;
  }
}

function checkRequest({ name, language, source, config }: DeployRequest): SkerryError | undefined {
  const checked = checkName(name);
  if (!checked.ok) return checked.error;
  if (source.length === 0) {
    return skerryError("bad_request", `Cannot deploy ${name}: the source is empty`);
  }
  const maxBytes = maxSourceBytes(language);
  if (source.length > maxBytes) {
    const found = `the source has ${source.length} bytes, and the limit is ${maxBytes}`;
    return skerryError("request_too_large", `Cannot deploy ${name}: ${found}`);
  }
  if (config !== undefined && config.length > MAX_CONFIG_BYTES) {
    const found = `the configuration is over the limit of ${MAX_CONFIG_BYTES} bytes`;
    return skerryError("request_too_large", `Cannot deploy ${name}: ${found}`);
  }
}

function hashContent({ language, config, source }: DeployRequest): string {
  return sha256(JSON.stringify([language, config ?? null]), "\n", source);
}

function toRow(
  id: string,
  createdAt: string,
  { name, language, source, config, contentHash }: VersionInput,
  { version, files, hasModule }: MadeVersion,
): Omit<VersionRow, "sequence"> {
  const hashes = [...files].map(([file, bytes]) => [file, sha256(bytes)]);
  return {
    id,
    name,
    contentHash,
    language,
    config: config ?? null,
    entrypoint: entrypointOf(version),
    engineHash: engineHashOf(version),
    hasModule,
    size: source.length,
    files: JSON.stringify(Object.fromEntries(hashes)),
    createdAt,
  };
}

function present({ name, versions, active }: Deployed): DeployedFunction {
  return {
    name,
    route: `/${name}`,
    active: presentVersion(active, active),
    versions: versions.map((row) => presentVersion(row, active)).reverse(),
  };
}

function presentVersion(row: VersionRow, active: VersionRow): DeployedVersion {
  const { id, contentHash, language, hasModule, size, createdAt } = row;
  const config = row.config ?? undefined;
  const isActive = row === active;
  return { id, contentHash, language, hasModule, size, createdAt, isActive, config };
}

function previousOf({ versions, active }: Deployed): VersionRow | undefined {
  return versions[versions.indexOf(active) - 1];
}

function pickVersion(
  { name, versions }: Deployed,
  id: string | undefined,
): Result<VersionRow, SkerryError> {
  if (id === undefined) {
    const message = `Cannot roll ${name} back: it has no version before the active one`;
    return err(skerryError("version_not_found", message));
  }
  const row = versions.find((each) => each.id === id);
  if (row !== undefined) return ok(row);
  return err(skerryError("version_not_found", `Cannot find version ${id} of ${name}`));
}

function notFound(name: string): SkerryError {
  return skerryError("function_not_found", `Cannot find a deployed function named ${name}`);
}
