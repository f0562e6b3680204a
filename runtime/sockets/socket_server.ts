import type { Socket } from "node:net";
import { ok, type Result } from "../result.ts";
import { Listener } from "./listener.ts";
import { type Place, TcpPlace, UnixPlace } from "./places.ts";

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

/** How long a client that is refused may take to read why. */
const REFUSED_MS = 1000;
/** Beyond this many of them, they are not told. */
const MAX_REFUSED = 256;

/** Listens on sockets and speaks with their clients. */
export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #listeners: Listener[] = [];
  readonly #clients = new Map<Socket, Session>();
  #refused = 0;
  #ended: Promise<unknown> | undefined;

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
    return await this.#listen(new UnixPlace(path));
  }

  /** Listens on a TCP port; 0 picks a free one. Resolves to the port, or a sentence. */
  async listenTcp(hostname: string, port: number): Promise<Result<number, string>> {
    const place = new TcpPlace(hostname, port);
    const listening = await this.#listen(place);
    return listening.ok ? ok(place.port) : listening;
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
    await this.#ended;
  }

  async #stopListening(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closing = Promise.all(this.#listeners.map((listener) => listener.close()));
    this.#ended = closing.then((closed) => Promise.all(closed.map(({ ended }) => ended)));
    await closing;
  }

  async #listen(place: Place): Promise<Result<void, string>> {
    const listening = await Listener.open(place, (socket) => this.#accept(socket));
    if (!listening.ok) return listening;
    this.#listeners.push(listening.value);
    return ok(undefined);
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
