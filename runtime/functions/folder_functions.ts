import { join } from "node:path";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Catalogue } from "./catalogue.ts";
import type { OpenChangeHints } from "./change_hints.ts";
import { type FolderContext, FolderOrigin } from "./folder_origin.ts";
import { type FileStamp, type ScanFailure, scanFolder, stampFile } from "./folder_scan.ts";
import { type FolderChange, FolderWatch } from "./folder_watch.ts";
import { FunctionEntry } from "./function_entry.ts";
import type { FunctionStatus } from "./function_status.ts";
import type { ReadFile } from "./read_file.ts";
import { type Refusal, RouteClaims } from "./route_claims.ts";
import type { FunctionStamps } from "./settled_load.ts";
import { configFileOf, isFunctionFile, sourcesOf } from "./source_language.ts";
import { VersionLoader } from "./version_loader.ts";
import type { VersionMaker } from "./version_maker.ts";

/** What {@linkcode FolderFunctions} needs. */
export interface FolderFunctionsOptions {
  /** The functions folder. */
  readonly folder: string;
  readonly maker: VersionMaker;
  readonly hints: OpenChangeHints;
  readonly readFile?: ReadFile;
}

/** A function of the folder. */
interface FolderFunction {
  readonly fn: FunctionEntry;
  readonly origin: FolderOrigin;
}

/**
 * The functions of a folder. Follows the folder: a new file is a new route, a changed one is prepared beside
 * the version that serves and takes its place at once, a broken one is reported and changes nothing.
 */
export class FolderFunctions {
  readonly #catalogue: Catalogue;
  readonly #claims = new RouteClaims();
  readonly #functions = new Map<string, FolderFunction>();
  readonly #context: FolderContext;
  #files: ReadonlyMap<string, FileStamp> = new Map();
  #watch: FolderWatch | undefined;

  /**
   * Scans the folder and begins to follow it; prepares nothing yet.
   *
   * @returns `invalid_config` if the folder cannot be read.
   */
  static async open(
    options: FolderFunctionsOptions,
    catalogue: Catalogue,
  ): Promise<Result<FolderFunctions, SkerryError>> {
    const functions = new FolderFunctions(options, catalogue);
    const watch = await functions.#follow(options);
    return watch.ok ? ok(functions) : err(folderError(options.folder, watch.error));
  }

  private constructor(options: FolderFunctionsOptions, catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#context = {
      clock: catalogue.context.clock,
      loader: new VersionLoader(options),
      stamp: (file) => stampFile(join(options.folder, file)),
    };
    catalogue.listAlso(() => this.#refusedStatuses());
  }

  /** Resolves when changes of the folder that are known of have routes; undefined if there are none. */
  changesDue(): Promise<void> | undefined {
    return this.#watch?.lookDue();
  }

  /** Stops following. What serves keeps serving. */
  close(): void {
    this.#watch?.close();
  }

  async #follow(options: FolderFunctionsOptions): Promise<Result<FolderWatch, ScanFailure>> {
    const watch = await FolderWatch.open({
      scan: () => scanFolder(options.folder),
      hints: options.hints,
      clock: this.#context.clock,
      onChange: (change) => this.#apply(change),
      onProblem: (message) => this.#catalogue.emit({ kind: "folder_problem", message }),
    });
    if (!watch.ok) return watch;
    this.#watch = watch.value;
    this.#files = watch.value.files;
    this.#changeRoutes([...this.#files.keys()].filter(isFunctionFile), []);
    return watch;
  }

  #apply({ updated, removed }: FolderChange): void {
    const added = [...updated.keys()].filter((file) =>
      isFunctionFile(file) && !this.#claims.has(file)
    );
    this.#changeRoutes(added, removed.filter(isFunctionFile));
    const changed = [...updated.keys(), ...removed];
    for (const file of new Set(changed.flatMap(concernedBy))) this.#updateFunction(file);
  }

  #updateFunction(file: string): void {
    const found = this.#functions.get(file);
    const stamps = this.#stampsOf(file);
    if (found === undefined || stamps === undefined) return;
    found.origin.update(stamps);
    if (found.fn.checkStale()) this.#catalogue.prepare(found.fn);
  }

  #changeRoutes(added: readonly string[], removed: readonly string[]): void {
    if (added.length === 0 && removed.length === 0) return;
    const { granted, released, refused } = this.#claims.update(added, removed);
    for (const file of released) this.#removeFunction(file);
    for (const { file, pattern } of granted) {
      const stamps = this.#stampsOf(file);
      if (stamps === undefined) continue;
      const origin = new FolderOrigin(file, stamps, this.#context);
      const fn = new FunctionEntry({ pattern }, origin, this.#catalogue.context);
      this.#functions.set(file, { fn, origin });
      this.#catalogue.add(fn);
      this.#catalogue.prepare(fn);
    }
    for (const { route, file, error } of refused) {
      this.#catalogue.emit({ kind: "function_broken", route, file, error, isServing: false });
    }
  }

  #removeFunction(file: string): void {
    const found = this.#functions.get(file);
    if (found === undefined) return;
    this.#functions.delete(file);
    this.#catalogue.remove(found.fn);
  }

  #stampsOf(file: string): FunctionStamps | undefined {
    const module = this.#files.get(file);
    return module && { module, config: this.#files.get(configFileOf(file)) };
  }

  #refusedStatuses(): FunctionStatus[] {
    return [...this.#claims.refusals].map((refusal) => this.#refusedStatus(refusal));
  }

  #refusedStatus({ route, file, error }: Refusal): FunctionStatus {
    const size = this.#files.get(file)?.size ?? 0;
    const { code, message } = error;
    return { route, source: "folder", file, state: "broken", size, error: { code, message } };
  }
}

/** The functions that a file may belong to. */
function concernedBy(file: string): string[] {
  return isFunctionFile(file) ? [file] : sourcesOf(file);
}

function folderError(folder: string, { kind, code }: ScanFailure): SkerryError {
  const found = kind === "missing" ? "there is no such folder" : `the system answered ${code}`;
  const hint = kind === "missing" ? "; create it, or name another one with --functions" : "";
  return skerryError(
    "invalid_config",
    `Cannot open the functions folder ${folder}: ${found}${hint}`,
  );
}
