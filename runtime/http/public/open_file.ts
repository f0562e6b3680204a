import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** A file ready to be sent. The receiver closes {@linkcode handle}. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** Its last path segment, which tells its type. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** What stands at a path below the public folder. */
export type Found =
  | { readonly kind: "file"; readonly file: OpenFile }
  /** A folder with an index page, asked for without its slash. */
  | { readonly kind: "folder" }
  | { readonly kind: "none" };

const NONE: Found = { kind: "none" };
const INDEX = "index.html";

/**
 * Finds and opens the file at these segments, the last one "" for a folder's index page. Symbolic links are followed as long
 * as they stay within the folder.
 */
export async function openPublic(folder: string, segments: readonly string[]): Promise<Found> {
  const isFolderPath = segments.at(-1) === "";
  const names = isFolderPath ? [...segments.slice(0, -1), INDEX] : segments;
  const found = await locate(folder, names);
  if (found === undefined) return NONE;
  if (found.kind === "file") return await openAt(found.path, names.at(-1) ?? "");
  const index = isFolderPath ? undefined : await locate(folder, [...names, INDEX]);
  return index?.kind === "file" ? { kind: "folder" } : NONE;
}

interface Located {
  readonly kind: "file" | "folder";
  readonly path: string;
}

/** What is at these names, its real path checked to be inside; pipes, sockets and devices count as nothing. */
async function locate(folder: string, names: readonly string[]): Promise<Located | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, ...names))]);
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const info = await stat(path);
    if (info.isFile()) return { kind: "file", path };
    return info.isDirectory() ? { kind: "folder", path } : undefined;
  } catch {
    // Missing, unreadable or gone meanwhile: all are nothing to serve.
    return undefined;
  }
}

async function openAt(path: string, name: string): Promise<Found> {
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return NONE;
  const { size, mtimeMs } = await handle.stat();
  return { kind: "file", file: { handle, name, sizeBytes: size, modifiedMs: mtimeMs } };
}
