import { realpathSync, statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { err, ok, type Result } from "../result.ts";
import type { NativeOutcome } from "./outcome.ts";

/** The folders whose libraries may be loaded. */
export class AllowedFolders {
  readonly #folders: readonly string[];

  private constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Resolves the folders. The error is a sentence that names the one that cannot be. */
  static async open(folders: readonly string[]): Promise<Result<AllowedFolders, string>> {
    const resolved: string[] = [];
    for (const folder of folders) {
      try {
        const path = await realpath(folder);
        if (!(await stat(path)).isDirectory()) {
          return err(`Cannot load libraries from ${folder}: it is not a folder`);
        }
        resolved.push(path.endsWith(sep) ? path : path + sep);
      } catch (error) {
        return err(`Cannot load libraries from ${folder}: ${codeText(error)}`);
      }
    }
    return ok(new AllowedFolders(resolved));
  }

  /**
   * The real path of a library, with every symbolic link resolved, if it is a regular file within one of the folders.
   * Relative paths begin at the server's working directory.
   *
   * A name within the folders is looked up at once, as the event loop's detour costs a call more time than that; any other
   * name may lead to a file system that takes its time, for which the server does not wait.
   */
  async resolve(path: string): Promise<Result<string, NativeOutcome>> {
    try {
      const real = this.#hold(resolve(path)) ? realpathSync(path) : await realpath(path);
      if (!this.#hold(real)) {
        return err({ kind: "refused", reason: "the library is in none of the allowed folders" });
      }
      // A FIFO or a device would block the loader.
      if (statSync(real).isFile()) return ok(real);
      return err({ kind: "load_failed", reason: "the library is not a regular file" });
    } catch (error) {
      return err({ kind: "load_failed", reason: `cannot open the library: ${codeText(error)}` });
    }
  }

  #hold(path: string): boolean {
    return this.#folders.some((folder) => path.startsWith(folder));
  }
}

const CODES: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EDQUOT: "Disk quota exceeded",
  EMFILE: "Too many open files",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  EROFS: "Read-only file system",
};

/** An error of the file system in the system's words, without its path. */
export function codeText(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? CODES[code] ?? code : "it cannot be used";
}
