import { chmod, lstat, rename, stat, unlink } from "node:fs/promises";
import { connect, type NetConnectOpts, type Server } from "node:net";
import { dirname } from "node:path";
import { err, ok, type Result } from "../result.ts";

/** Where a server can listen. */
export interface Place {
  readonly name: string;
  /** Makes a server listen here; the error continues a sentence. */
  listen(server: Server): Promise<Result<void, string>>;
  /** How to connect to who listens here; undefined if that is not, or no longer, one of these servers. */
  address(): Promise<NetConnectOpts | undefined>;
  /** Removes what has been left behind by listening. */
  clear(): Promise<void>;
}

/** `sun_path` has 108 bytes, one of them the zero at its end. */
const MAX_PATH_BYTES = 107;
const BACKLOG = 4096;
const MODE = 0o600;

/** A UNIX socket that only the server's user can connect to, in the place of one that nobody listens on any more. */
export class UnixPlace implements Place {
  readonly name: string;
  /** Of the socket that was made here. */
  #inode: bigint | undefined;

  constructor(path: string) {
    this.name = path;
  }

  async listen(server: Server): Promise<Result<void, string>> {
    const path = this.name;
    const fault = await this.#isOurs() ? undefined : await pathFault(path);
    if (fault !== undefined) return err(fault);
    // Under a name of its own first, so that at no moment others may connect.
    const hidden = `${path}~`;
    if (await isSocket(hidden)) await unlink(hidden).catch(() => {});
    const listening = await whenListening(server, () => {
      server.listen({ path: hidden, backlog: BACKLOG });
    });
    if (!listening.ok) return listening;
    try {
      await chmod(hidden, MODE);
      await rename(hidden, path);
      this.#inode = await inodeOf(path);
      return ok(undefined);
    } catch (error) {
      return err((error as Error).message);
    }
  }

  async address(): Promise<NetConnectOpts | undefined> {
    return await this.#isOurs() ? { path: this.name } : undefined;
  }

  async clear(): Promise<void> {
    if (await this.#isOurs()) await unlink(this.name).catch(() => {});
  }

  /** Others may have removed it, and put theirs in its place. */
  async #isOurs(): Promise<boolean> {
    return this.#inode !== undefined && await inodeOf(this.name) === this.#inode;
  }
}

/** A TCP port; 0 picks a free one. */
export class TcpPlace implements Place {
  readonly #hostname: string;
  #port: number;

  constructor(hostname: string, port: number) {
    this.#hostname = hostname;
    this.#port = port;
  }

  get name(): string {
    return `${this.#hostname}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async listen(server: Server): Promise<Result<void, string>> {
    const listening = await whenListening(server, () => {
      server.listen({ host: this.#hostname, port: this.#port, backlog: BACKLOG });
    });
    if (!listening.ok) return listening;
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    return ok(undefined);
  }

  address(): Promise<NetConnectOpts> {
    return Promise.resolve({ host: this.#hostname, port: this.#port });
  }

  async clear(): Promise<void> {}
}

function whenListening(server: Server, listen: () => void): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    server.once("error", (error: Error) => resolve(err(listenFailure(error))));
    server.once("listening", () => resolve(ok(undefined)));
    listen();
  });
}

function listenFailure(error: Error & { code?: string }): string {
  return error.code === "EADDRINUSE" ? "the address is in use" : error.message;
}

/** Why nobody can listen at a path; undefined if there is nothing, or a socket without a server. */
async function pathFault(path: string): Promise<string | undefined> {
  if (new TextEncoder().encode(`${path}~`).length > MAX_PATH_BYTES) {
    return `a socket's path has at most ${MAX_PATH_BYTES - 1} bytes`;
  }
  const folder = dirname(path);
  if (!await stat(folder).then((stats) => stats.isDirectory(), () => false)) {
    return `there is no folder ${folder}`;
  }
  if (!await lstat(path).then(() => true, () => false)) return undefined;
  if (!await isSocket(path)) return "there is a file that is not a socket";
  return await isListening(path) ? "another server listens there" : undefined;
}

async function isSocket(path: string): Promise<boolean> {
  return await lstat(path).then((stats) => stats.isSocket(), () => false);
}

async function inodeOf(path: string): Promise<bigint | undefined> {
  return await lstat(path, { bigint: true }).then(({ ino }) => ino, () => undefined);
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
