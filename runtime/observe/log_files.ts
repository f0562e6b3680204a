import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Files of one folder, as the logs of functions need them; names never hold a slash. */
export interface LogFiles {
  /** Appends to a file, made if it is missing. Rejects if that cannot be done. */
  append(name: string, text: string): Promise<void>;
  /** The text of a file; undefined if there is none. */
  read(name: string): Promise<string | undefined>;
  /** Renames a file over another. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Every file with its bytes and when it was last written, milliseconds since 1970. */
  list(): Promise<readonly LogFile[]>;
}

/** One file of {@linkcode LogFiles}. */
export interface LogFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** The files of a folder on disk; it is made when first written to. */
export function logFolder(folder: string): LogFiles {
  const path = (name: string) => join(folder, name);
  return {
    async append(name, text) {
      try {
        await appendFile(path(name), text, { mode: 0o600 });
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== "ENOENT") throw thrown;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await appendFile(path(name), text, { mode: 0o600 });
      }
    },
    read: (name) => readFile(path(name), "utf8").catch(unlessMissing),
    rename: (from, to) => rename(path(from), path(to)),
    remove: (name) => rm(path(name), { force: true }),
    async list() {
      const names = (await readdir(folder).catch(unlessMissing)) ?? [];
      const files: LogFile[] = [];
      for (const name of names) {
        const found = await stat(path(name)).catch(() => undefined);
        if (found?.isFile()) files.push({ name, size: found.size, modifiedMs: found.mtimeMs });
      }
      return files;
    },
  };
}

function unlessMissing(thrown: unknown): undefined {
  if ((thrown as { code?: string }).code === "ENOENT") return undefined;
  throw thrown;
}
