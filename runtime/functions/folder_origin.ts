import type { Result } from "../result.ts";
import type { Clock } from "../clock.ts";
import { type FileStamp, isSameStamp } from "./folder_scan.ts";
import type { FunctionOrigin } from "./function_entry.ts";
import { type FunctionStamps, loadSettled } from "./settled_load.ts";
import { configFileOf } from "./source_language.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import type { FunctionFiles, LoadFailure, VersionLoader } from "./version_loader.ts";

/** What the functions of a folder share. */
export interface FolderContext {
  readonly clock: Clock;
  readonly loader: VersionLoader;
  /** The stamp of a file, named relative to the functions folder, now. */
  readonly stamp: (file: string) => Promise<FileStamp | undefined>;
}

/** A function's files in the functions folder. */
export class FolderOrigin implements FunctionOrigin {
  readonly source = "folder";
  /** The module or source, relative to the functions folder. */
  readonly file: string;
  readonly #context: FolderContext;
  #stamps: FunctionStamps;
  #loadedStamps: FunctionStamps | undefined;

  constructor(file: string, stamps: FunctionStamps, context: FolderContext) {
    this.file = file;
    this.#stamps = stamps;
    this.#context = context;
  }

  get size(): number {
    return this.#stamps.module.size;
  }

  /** Tells what the folder now holds. */
  update(stamps: FunctionStamps): void {
    this.#stamps = stamps;
  }

  hasChanged(): boolean {
    const loaded = this.#loadedStamps;
    const { module, config } = this.#stamps;
    return loaded === undefined || !isSameStamp(loaded.module, module) ||
      !isSameStamp(loaded.config, config);
  }

  async load(
    current: LoadedVersion | undefined,
    isCancelled: () => boolean,
  ): Promise<Result<LoadedVersion, LoadFailure> | undefined> {
    const { clock, loader, stamp } = this.#context;
    const settled = await loadSettled({
      clock,
      files: () => this.#files(),
      stamp,
      load: (files) => loader.load(files, current),
      isCancelled,
    });
    if (settled !== undefined) this.#loadedStamps = settled.stamps;
    return settled?.outcome;
  }

  #files(): FunctionFiles {
    const config = this.#stamps.config && configFileOf(this.file);
    return { module: this.file, config };
  }
}
