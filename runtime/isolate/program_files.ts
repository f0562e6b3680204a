import { MemoryFileSystem } from "../wasi/filesystem/memory_file_system.ts";
import type { MemoryContents } from "../wasi/filesystem/memory_template.ts";
import type { Mount } from "../wasi/filesystem/mount.ts";
import type { Program } from "./program.ts";

/** Time of every file, 1980-01-01, before which zip archives have no date: the same on every thread. */
const FILE_TIME_NS = 315_532_800n * 1_000_000_000n;

type Folder = { [name: string]: Uint8Array | Folder };

/** Where a program's file lies among its mounts, or undefined if its path is not one. */
export interface FilePlace {
  /** The mount: the first component, e.g. `/app`, or `/` for a file right there. */
  readonly mount: string;
  /** Components below the mount. */
  readonly components: readonly [string, ...string[]];
}

/** @param path A guest path such as `/app/lib/a.py`: absolute, without `.`, `..`, empty components or NUL. */
export function placeOf(path: string): FilePlace | undefined {
  const [root, ...components] = path.split("/");
  const [first, ...rest] = components;
  if (root !== "" || first === undefined || path.includes("\0")) return undefined;
  if (components.some((each) => each === "" || each === "." || each === "..")) return undefined;
  const [below, ...deeper] = rest;
  if (below === undefined) return { mount: "/", components: [first] };
  return { mount: `/${first}`, components: [below, ...deeper] };
}

/**
 * The files of a program as read-only mounts, one for each first component of their paths. Not one at `/`:
 * C libraries look a path up in the mount with the longest matching name, so mounts of the function's own
 * work beside these.
 */
export function programMounts(files: Program["files"]): Mount[] {
  return Array.from(
    treeOf(files),
    ([guestPath, contents], index) =>
      new MemoryFileSystem(guestPath, {
        nowNs: () => FILE_TIME_NS,
        contents: contents as MemoryContents,
        isReadOnly: true,
        device: BigInt(index + 1),
      }),
  );
}

function treeOf(files: Program["files"]): Map<string, Folder> {
  const mounts = new Map<string, Folder>();
  for (const [path, bytes] of Object.entries(files)) {
    const place = placeOf(path);
    if (place === undefined) throw new TypeError(`Not a path of a file: ${path}`);
    const mount = mounts.get(place.mount) ?? newFolder();
    mounts.set(place.mount, mount);
    put(mount, place.components, bytes, path);
  }
  return mounts;
}

function put(
  mount: Folder,
  components: FilePlace["components"],
  bytes: Uint8Array,
  path: string,
): void {
  let folder = mount;
  for (const name of components.slice(0, -1)) {
    const next = folder[name] ??= newFolder();
    if (next instanceof Uint8Array) throw new TypeError(`A file is also a directory: ${path}`);
    folder = next;
  }
  const name = components.at(-1)!;
  if (folder[name] !== undefined) throw new TypeError(`A file is also a directory: ${path}`);
  folder[name] = bytes;
}

/** Without a prototype, so that a file may be called `__proto__`. */
function newFolder(): Folder {
  return Object.create(null);
}
