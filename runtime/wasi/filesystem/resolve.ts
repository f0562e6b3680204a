import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DirectoryHandle } from "./handles.ts";

/** Longest path in bytes, as `PATH_MAX` on Linux. */
export const MAX_PATH_BYTES = 4096;

/** Symbolic links followed in one path, as on Linux. */
const MAX_LINKS = 40;

/** Components walked in one path, links included: bounds what a chain of long links can cost. */
const MAX_STEPS = 4096;

/** Steps that count as one more host call. */
const STEPS_PER_UNIT = 16;

/** Counts work, and may end the run by throwing. */
export interface Meter {
  spend(units: number): void;
}

/** When a symbolic link that ends the path is followed. */
export type Follow =
  /** Never: the path names the link, as for removing and renaming. */
  | "never"
  /** If a slash follows it, which asks for a directory. */
  | "slash"
  | "always";

/** Where a path leads: an entry of a directory, which need not exist. */
export interface Target {
  readonly directory: DirectoryHandle;
  /** The entry; undefined if the path names `directory` itself, like "." does. */
  readonly name: string | undefined;
  /** The path ends in a slash: what it names must be a directory. */
  readonly isDirectoryWanted: boolean;
}

/**
 * Resolves a path below a directory and calls `use` with where it leads, answering what `use` does,
 * or an error number. Each component is looked up in the directory that was opened for the one
 * before it, and ".." goes back to that directory's own parent on this walk; so however links are
 * made or entries renamed meanwhile, the walk stays below `base`.
 *
 * EPERM: the path is absolute, or leads out of `base`; ENOENT: empty, or a component is missing;
 * ENOTDIR: one is not a directory; ELOOP: too many links; EINVAL: a NUL in it.
 */
export function resolve<T>(
  meter: Meter,
  base: DirectoryHandle,
  path: string,
  follow: Follow,
  use: (target: Target) => T,
): T | number {
  if (path === "") return wasi.ERRNO_NOENT;
  if (path.includes("\0")) return wasi.ERRNO_INVAL;
  const walk = new Walk(meter, base);
  try {
    const target = walk.run(path, follow);
    return typeof target === "number" ? target : use(target);
  } finally {
    walk.close();
  }
}

class Walk {
  readonly #meter: Meter;
  /** Directories entered, `base` first. */
  readonly #entered: DirectoryHandle[];
  /** Components still to walk, the next one last. */
  #pending: string[] = [];
  #isDirectoryWanted = false;
  #links = 0;
  #steps = 0;

  constructor(meter: Meter, base: DirectoryHandle) {
    this.#meter = meter;
    this.#entered = [base];
  }

  run(path: string, follow: Follow): Target | number {
    const refusal = this.#push(path);
    if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
    for (let name = this.#pending.pop(); name !== undefined; name = this.#pending.pop()) {
      if (++this.#steps > MAX_STEPS) return wasi.ERRNO_LOOP;
      if (this.#steps % STEPS_PER_UNIT === 0) this.#meter.spend(1);
      if (name === ".") continue;
      const result = name === ".." ? this.#leave() : this.#step(name, follow);
      if (result !== wasi.ERRNO_SUCCESS) return result;
    }
    return { directory: this.#current, name: undefined, isDirectoryWanted: true };
  }

  /** Closes what was opened on the way. */
  close(): void {
    while (this.#entered.length > 1) this.#entered.pop()?.close();
  }

  get #current(): DirectoryHandle {
    return this.#entered[this.#entered.length - 1]!;
  }

  /** Puts a path's components in front of those that are pending. */
  #push(path: string): number {
    if (path.startsWith("/")) return wasi.ERRNO_PERM;
    if (this.#pending.length === 0 && path.endsWith("/")) this.#isDirectoryWanted = true;
    const components = path.split("/");
    for (let i = components.length - 1; i >= 0; i--) {
      const component = components[i]!;
      if (component !== "") this.#pending.push(component);
    }
    return wasi.ERRNO_SUCCESS;
  }

  #leave(): number {
    if (this.#entered.length === 1) return wasi.ERRNO_PERM;
    this.#entered.pop()?.close();
    return wasi.ERRNO_SUCCESS;
  }

  /** Walks one component: the target if it was the last, else success or an error number. */
  #step(name: string, follow: Follow): Target | number {
    const isLast = this.#pending.length === 0;
    const isFollowed = !isLast || follow === "always" ||
      (follow === "slash" && this.#isDirectoryWanted);
    if (isFollowed && this.#current.lookup(name) === wasi.FILETYPE_SYMBOLIC_LINK) {
      return this.#followLink(name);
    }
    if (isLast) {
      return { directory: this.#current, name, isDirectoryWanted: this.#isDirectoryWanted };
    }
    const next = this.#current.openDirectory(name);
    if (typeof next === "number") return next;
    this.#entered.push(next);
    return wasi.ERRNO_SUCCESS;
  }

  #followLink(name: string): number {
    if (++this.#links > MAX_LINKS) return wasi.ERRNO_LOOP;
    const link = this.#current.readLink(name);
    if (typeof link === "number") return link;
    return link === "" ? wasi.ERRNO_NOENT : this.#push(link);
  }
}
