import { chmod, lstat, rename, stat, unlink } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { err, ok, type Result } from "../result.ts";

/** What {@linkcode SocketServer} works with. */
export interface SocketServerOptions {
  /** Clients that may be connected at the same time, over all sockets. */
  readonly maxClients: number;
  /** Speaks with a client that has connected. */
  readonly serve: (socket: Socket) => Session;
  /** What one client too many is told, before its connection ends. */
  readonly refusal: string;
}

/** A conversation with a client. */
export interface Session {
  /** Takes nothing more from it, and ends the connection once what runs for it has been answered. */
  finish(): void;
}

/** `sun_path` has 108 bytes, one of them the zero at its end. */
const MAX_PATH_BYTES = 107;
const BACKLOG = 4096;
const MODE = 0o600;
/** How long a client that is refused may take to read why. */
const REFUSED_MS = 1000;
/** Beyond this many of them, they are not told. */
const MAX_REFUSED = 256;

/** Listens on sockets and speaks with their clients. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #servers: Server[] = [];
  readonly #clients = new Map<Socket, Session>();
  #refused = 0;
  #path: string | undefined;
  #closed: Promise<unknown> | undefined;

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
    if (await isSocket(hidden)) await unlink(hidden).catch(() => {});
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

  /** Stops listening, and resolves when the clients have the answers that they wait for, or after `graceMs`. */
  async finish(graceMs: number): Promise<void> {
    await this.#stopListening();
    const answered = [...this.#clients].map(([socket, session]) => {
      session.finish();
      return whenWritten(socket);
    });
    const { promise: isTime, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    await Promise.race([Promise.all(answered), isTime]);
    clearTimeout(timer);
  }

  /** Stops listening and ends every connection. */
  async stop(): Promise<void> {
    await this.#stopListening();
    for (const socket of this.#clients.keys()) socket.destroy();
    await this.#closed;
  }

  async #stopListening(): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
    if (this.#path !== undefined) await unlink(this.#path).catch(() => {});
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
    if (this.#clients.size >= this.#options.maxClients) return this.#refuse(socket);
    socket.on("close", () => this.#clients.delete(socket));
    this.#clients.set(socket, this.#options.serve(socket));
  }

  /** What the client sends meanwhile is read, as closing the connection under it would cost it the refusal. */
  #refuse(socket: Socket): void {
    socket.on("error", () => {});
    if (this.#refused >= MAX_REFUSED) return void socket.destroy();
    this.#refused++;
    const timer = setTimeout(() => socket.destroy(), REFUSED_MS);
    socket.on("close", () => {
      clearTimeout(timer);
      this.#refused--;
    });
    socket.end(this.#options.refusal);
    socket.resume();
  }
}

/** Resolves when all that was to be sent has been, or nobody is there to take it. */
function whenWritten(socket: Socket): Promise<void> {
  if (socket.destroyed || socket.writableFinished) return Promise.resolve();
  return new Promise((resolve) => void socket.on("finish", resolve).on("close", () => resolve()));
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
