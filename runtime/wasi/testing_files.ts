/**
 * What the tests of files share: a guest with a directory at descriptor 3, in memory and on the
 * host.
 */
import { wasi } from "@bjorn3/browser_wasi_shim";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostFileSystem, type HostFileSystemOptions } from "./filesystem/host_file_system.ts";
import { MemoryFileSystem } from "./filesystem/memory_file_system.ts";
import type { MemoryContents } from "./filesystem/memory_template.ts";
import type { Mount } from "./filesystem/mount.ts";
import { nodeHostFiles } from "./filesystem/node_host_files.ts";
import { FakeTime, Guest } from "./testing.ts";
import type { WasiHostOptions } from "./host.ts";

/** The first mount. */
export const ROOT = 3;

/** Every right there is. */
export const ALL = 2n ** 29n - 1n;

/** Where the helpers put paths, data and results. */
const [PATH, PATH2, VECTOR, RESULT, DATA] = [256, 5120, 12288, 12544, 16384] as const;
const DATA_BYTES = 32768;

/** How {@linkcode FileGuest.open} opens; what is not given is 0, rights are all. */
export interface Opening {
  readonly oflags?: number;
  readonly fdflags?: number;
  readonly rights?: bigint;
  readonly inheriting?: bigint;
  readonly follow?: boolean;
  readonly at?: number;
}

/** What a `filestat` says. */
export interface Status {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly filetype: number;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly ctim: bigint;
}

/** One entry of a directory as `fd_readdir` writes it. */
export interface Entry {
  readonly next: bigint;
  readonly ino: bigint;
  readonly filetype: number;
  readonly name: string;
}

/** An error number as the helpers answer it; 0, not -0, for success. */
function negative(errno: number): number {
  return 0 - errno;
}

/** A guest that calls file functions by name and text; failures are negative error numbers. */
export class FileGuest extends Guest {
  constructor(mounts: readonly Mount[], options: Partial<WasiHostOptions> = {}) {
    super({ mounts, ...options });
  }

  open(path: string, opening: Opening = {}): number {
    const { oflags = 0, fdflags = 0, rights = ALL, inheriting = ALL, at = ROOT } = opening;
    const follow = opening.follow === true ? 1 : 0;
    const length = this.put(PATH, path);
    const errno = this.call.path_open!(
      at,
      follow,
      PATH,
      length,
      oflags,
      rights,
      inheriting,
      fdflags,
      RESULT,
    );
    return errno === 0 ? this.u32(RESULT) : -errno;
  }

  /** Opens a new file, or an old one, for reading and writing. */
  create(path: string, opening: Opening = {}): number {
    return this.open(path, { oflags: wasi.OFLAGS_CREAT, ...opening });
  }

  /** Opens a directory. */
  openDirectory(path: string, opening: Opening = {}): number {
    return this.open(path, {
      oflags: wasi.OFLAGS_DIRECTORY,
      rights: ALL & ~BigInt(wasi.RIGHTS_FD_WRITE),
      ...opening,
    });
  }

  close(fd: number): number {
    return negative(this.call.fd_close!(fd));
  }

  /** Makes a file with this text and closes it. */
  file(path: string, text = ""): void {
    const fd = this.create(path);
    if (fd < 0 || this.write(fd, text) < 0) throw new Error(`Cannot make ${path}: ${-fd}`);
    this.close(fd);
  }

  write(fd: number, text: string | Uint8Array, offset?: bigint): number {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.bytes.set(bytes, DATA);
    this.putVectors(VECTOR, [DATA, bytes.length]);
    const errno = offset === undefined
      ? this.call.fd_write!(fd, VECTOR, 1, RESULT)
      : this.call.fd_pwrite!(fd, VECTOR, 1, offset, RESULT);
    return errno === 0 ? this.u32(RESULT) : -errno;
  }

  /** What a read gives, as text, or a negative error number. */
  read(fd: number, length = 1000, offset?: bigint): string | number {
    this.putVectors(VECTOR, [DATA, length]);
    const errno = offset === undefined
      ? this.call.fd_read!(fd, VECTOR, 1, RESULT)
      : this.call.fd_pread!(fd, VECTOR, 1, offset, RESULT);
    return errno === 0 ? this.text(DATA, this.u32(RESULT)) : -errno;
  }

  /** The text of a file, or a negative error number. */
  contents(path: string, opening: Opening = {}): string | number {
    const fd = this.open(path, { rights: BigInt(wasi.RIGHTS_FD_READ), ...opening });
    if (fd < 0) return fd;
    const text = this.read(fd);
    this.close(fd);
    return text;
  }

  seek(fd: number, offset: bigint, whence = wasi.WHENCE_SET as number): number {
    const errno = this.call.fd_seek!(fd, offset, whence, RESULT);
    return errno === 0 ? Number(this.u64(RESULT)) : -errno;
  }

  tell(fd: number): number {
    const errno = this.call.fd_tell!(fd, RESULT);
    return errno === 0 ? Number(this.u64(RESULT)) : -errno;
  }

  status(path: string, opening: Opening = {}): Status | number {
    const length = this.put(PATH, path);
    const follow = opening.follow === true ? 1 : 0;
    const errno = this.call.path_filestat_get!(opening.at ?? ROOT, follow, PATH, length, RESULT);
    return errno === 0 ? this.#readStatus() : -errno;
  }

  fdStatus(fd: number): Status | number {
    const errno = this.call.fd_filestat_get!(fd, RESULT);
    return errno === 0 ? this.#readStatus() : -errno;
  }

  /** Size of what a path names, or a negative error number. */
  size(path: string): number {
    const status = this.status(path);
    return typeof status === "number" ? status : Number(status.size);
  }

  setTimes(path: string, atim: bigint, mtim: bigint, flags: number, follow = false): number {
    const length = this.put(PATH, path);
    const lookup = follow ? 1 : 0;
    return negative(
      this.call.path_filestat_set_times!(ROOT, lookup, PATH, length, atim, mtim, flags),
    );
  }

  mkdir(path: string, at = ROOT): number {
    return negative(this.call.path_create_directory!(at, PATH, this.put(PATH, path)));
  }

  rmdir(path: string, at = ROOT): number {
    return negative(this.call.path_remove_directory!(at, PATH, this.put(PATH, path)));
  }

  unlink(path: string, at = ROOT): number {
    return negative(this.call.path_unlink_file!(at, PATH, this.put(PATH, path)));
  }

  symlink(content: string, path: string, at = ROOT): number {
    const [length, pathLength] = [this.put(PATH2, content), this.put(PATH, path)];
    return negative(this.call.path_symlink!(PATH2, length, at, PATH, pathLength));
  }

  link(path: string, newPath: string, ends: { from?: number; to?: number; flags?: number } = {}) {
    const [length, newLength] = [this.put(PATH, path), this.put(PATH2, newPath)];
    const { from = ROOT, to = ROOT, flags = 0 } = ends;
    return negative(this.call.path_link!(from, flags, PATH, length, to, PATH2, newLength));
  }

  rename(path: string, newPath: string, ends: { from?: number; to?: number } = {}): number {
    const [length, newLength] = [this.put(PATH, path), this.put(PATH2, newPath)];
    const { from = ROOT, to = ROOT } = ends;
    return negative(this.call.path_rename!(from, PATH, length, to, PATH2, newLength));
  }

  readlink(path: string, room = 1000, at = ROOT): string | number {
    const length = this.put(PATH, path);
    const errno = this.call.path_readlink!(at, PATH, length, DATA, room, RESULT);
    return errno === 0 ? this.text(DATA, this.u32(RESULT)) : -errno;
  }

  /**
   * Whole entries of one `fd_readdir`, and whether it reached the end; or a negative error number.
   */
  readdir(
    fd: number,
    cookie = 0n,
    room = DATA_BYTES,
  ): { entries: Entry[]; isEnd: boolean } | number {
    const errno = this.call.fd_readdir!(fd, DATA, room, cookie, RESULT);
    if (errno !== 0) return -errno;
    const used = this.u32(RESULT);
    const entries: Entry[] = [];
    for (let at = DATA; at + 24 <= DATA + used;) {
      const length = this.u32(at + 16);
      if (at + 24 + length > DATA + used) break;
      const filetype = this.view.getUint8(at + 20);
      const name = this.text(at + 24, length);
      entries.push({ next: this.u64(at), ino: this.u64(at + 8), filetype, name });
      at += 24 + length;
    }
    return { entries, isEnd: used < room };
  }

  /** Sorted names of a directory, without its own two. */
  names(path: string): string[] {
    const fd = this.openDirectory(path);
    const listing = this.readdir(fd);
    this.close(fd);
    if (typeof listing === "number") throw new Error(`Cannot list ${path}: ${-listing}`);
    return listing.entries.map(({ name }) => name).filter((name) => !/^\.\.?$/.test(name)).sort();
  }

  #readStatus(): Status {
    const u64 = (at: number) => this.u64(RESULT + at);
    const [dev, ino, nlink, size] = [u64(0), u64(8), u64(24), u64(32)];
    const filetype = this.view.getUint8(RESULT + 16);
    return { dev, ino, filetype, nlink, size, atim: u64(40), mtim: u64(48), ctim: u64(56) };
  }
}

/** A memory file system as a mount called `/`. */
export function memoryMount(
  contents: MemoryContents = {},
  options: Partial<ConstructorParameters<typeof MemoryFileSystem>[1]> = {},
): MemoryFileSystem {
  return new MemoryFileSystem("/", { nowNs: new FakeTime().realtimeNs, contents, ...options });
}

/** A folder of the host that is removed after the test: `outside` beside the mount `inside`. */
export class HostFolder {
  readonly path: string = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "skerry-test-")));
  readonly inside: string = join(this.path, "inside");
  readonly outside: string = join(this.path, "outside");

  constructor() {
    fs.mkdirSync(this.inside);
    fs.mkdirSync(this.outside);
    fs.writeFileSync(join(this.outside, "secret"), "secret");
  }

  mount(options: Partial<HostFileSystemOptions> = {}): HostFileSystem {
    return new HostFileSystem("/", this.inside, {
      files: nodeHostFiles(),
      allowUnanchored: true,
      ...options,
    });
  }

  /** Names and contents of `outside`. */
  outsideNow(): string {
    return fs.readdirSync(this.outside).map((name) => {
      const path = join(this.outside, name);
      const text = fs.statSync(path).isFile() ? fs.readFileSync(path, "utf8") : "";
      return `${name}=${text}`;
    }).join();
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.path, { recursive: true });
  }
}

/** Registers a test twice: on a memory file system and on a folder of the host. */
export function testOnBoth(name: string, body: (guest: FileGuest) => void): void {
  Deno.test(`${name} (memory)`, () => {
    const guest = new FileGuest([memoryMount()]);
    body(guest);
    guest.host.end();
  });
  Deno.test(`${name} (host)`, () => {
    using folder = new HostFolder();
    const guest = new FileGuest([folder.mount()]);
    try {
      body(guest);
    } finally {
      guest.host.end();
    }
  });
}
