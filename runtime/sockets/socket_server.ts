import { chmod, lstat, rename, unlink } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { err, ok, type Result } from "../result.ts";

/** What {@linkcode SocketServer} works with. */
export interface SocketServerOptions {
  /** Clients that may be connected at the same time, over all sockets. */
  readonly maxClients: number;
  /** Speaks with a client that has connected. */
  readonly serve: (socket: Socket) => void;
  /** What one client too many is told, before its connection ends. */
  readonly refusal: string;
}

/** `sun_path` has 108 bytes, one of them the zero at its end. */
const MAX_PATH_BYTES = 107;
const BACKLOG = 4096;
const MODE = 0o600;

/** Listens on sockets and speaks with their clients. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #servers: Server[] = [];
  readonly #clients = new Set<Socket>();
  #path: string | undefined;

  constructor(options: SocketServerOptions) {
    this.#options = options;
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.#clients.size;
  }

  /**
   * Listens on a UNIX socket that only the server's user can connect to, in the place of one that nobody listens on any
   * more. The error is a sentence.
   */
  async listenUnix(path: string): Promise<Result<void, string>> {
    const fault = await pathFault(path);
    if (fault !== undefined) return err(`Cannot listen on ${path}: ${fault}`);
    // Under a name of its own first, so that at no moment others may connect.
    const hidden = `${path}~`;
    await unlink(hidden).catch(() => {});
    const listening = await this.#listen((server) =>
      server.listen({ path: hidden, backlog: BACKLOG })
    );
    if (!listening.ok) return err(`Cannot listen on ${path}: ${listening.error}`);
    try {
      await chmod(hidden, MODE);
      await rename(hidden, path);
    } catch (error) {
      return err(`Cannot listen on ${path}: ${(error as Error).message}`);
    }
    this.#path = path;
    return ok(undefined);
  }

  /** Listens on a TCP port; 0 picks a free one. Resolves to the port, or a sentence. */
  async listenTcp(hostname: string, port: number): Promise<Result<number, string>> {
    const listening = await this.#listen((server) =>
      server.listen({ host: hostname, port, backlog: BACKLOG })
    );
    if (!listening.ok) return err(`Cannot listen on ${hostname}:${port}: ${listening.error}`);
    const address = listening.value.address();
    return ok(typeof address === "object" && address !== null ? address.port : port);
  }

  /** Stops listening and ends every connection. */
  async stop(): Promise<void> {
    const closed = this.#servers.map((server) =>
      new Promise<void>((resolve) => server.close(() => resolve()))
    );
    for (const client of this.#clients) client.destroy();
    if (this.#path !== undefined) await unlink(this.#path).catch(() => {});
    await Promise.all(closed);
  }

  #listen(listen: (server: Server) => void): Promise<Result<Server, string>> {
    // A client may end its side and still wait for the answer.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    return new Promise((resolve) => {
      server.once("error", (error: Error) => resolve(err(listenFailure(error))));
      server.once("listening", () => {
        // What goes wrong with one connection later is that connection's.
        server.on("error", () => {});
        this.#servers.push(server);
        resolve(ok(server));
      });
      listen(server);
    });
  }

  #accept(socket: Socket): void {
    if (this.#clients.size >= this.#options.maxClients) {
      socket.on("error", () => {});
      socket.end(this.#options.refusal);
      socket.destroySoon();
      return;
    }
    this.#clients.add(socket);
    socket.on("close", () => this.#clients.delete(socket));
    this.#options.serve(socket);
  }
}

function listenFailure(error: Error & { code?: string }): string {
  return error.code === "EADDRINUSE" ? "the address is in use" : error.message;
}

/** Why nobody can listen at a path; undefined if there is nothing, or a socket without a server. */
async function pathFault(path: string): Promise<string | undefined> {
  if (new TextEncoder().encode(`${path}~`).length > MAX_PATH_BYTES) {
    return `a socket's path has at most ${MAX_PATH_BYTES - 1} bytes`;
  }
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (!stats.isSocket()) return "there is a file that is not a socket";
  return await isListening(path) ? "another server listens there" : undefined;
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
