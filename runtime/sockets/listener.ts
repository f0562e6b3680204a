import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";
import { delay, SYSTEM_CLOCK } from "../clock.ts";
import { err, ok, type Result } from "../result.ts";
import type { Place } from "./places.ts";

/** How often a listener that nobody has connected to is looked after. */
const LOOK_EVERY_MS = 5000;
/** How long a connection may take to arrive, in turns of the event loop, which may be late itself. */
const TURNS = 10;
const TURN_MS = 100;

/**
 * Listens at a place until it is closed. On Deno, a server that could not accept a connection because descriptors ran out
 * accepts none ever after, and tells nobody. So one that has had no connection for a while makes one to itself, and if
 * that does not arrive, it is replaced.
 */
export class Listener {
  readonly #place: Place;
  readonly #accept: (socket: Socket) => void;
  readonly #closed: Promise<void>[] = [];
  #server: Server | undefined;
  #accepted = 0;
  #seen = 0;
  #isLooking = false;
  #isOpen = true;
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(place: Place, accept: (socket: Socket) => void) {
    this.#place = place;
    this.#accept = accept;
  }

  /** Starts to listen. The error is a sentence. */
  static async open(
    place: Place,
    accept: (socket: Socket) => void,
  ): Promise<Result<Listener, string>> {
    const listener = new Listener(place, accept);
    const listening = await listener.#listen();
    if (!listening.ok) return err(`Cannot listen on ${place.name}: ${listening.error}`);
    listener.#timer = setInterval(() => void listener.#look(), LOOK_EVERY_MS);
    return ok(listener);
  }

  /** Stops listening. Resolves to a promise of the end of its last connection. */
  async close(): Promise<{ readonly ended: Promise<unknown> }> {
    this.#isOpen = false;
    clearInterval(this.#timer);
    this.#closeServer();
    await this.#place.clear();
    return { ended: Promise.all(this.#closed) };
  }

  async #listen(): Promise<Result<void, string>> {
    // A client may end its side and still wait for the answer.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#accepted++;
      this.#accept(socket);
    });
    const listening = await this.#place.listen(server);
    // What goes wrong with one connection later is that connection's.
    server.on("error", () => {});
    if (listening.ok) this.#server = server;
    else server.close();
    return listening;
  }

  #closeServer(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    this.#closed.push(new Promise((resolve) => void server.close(() => resolve())));
  }

  async #look(): Promise<void> {
    const isBusy = this.#accepted !== this.#seen;
    this.#seen = this.#accepted;
    if (isBusy || this.#isLooking) return;
    this.#isLooking = true;
    if (this.#server === undefined || await this.#isDeaf()) await this.#relisten();
    this.#isLooking = false;
  }

  async #isDeaf(): Promise<boolean> {
    const address = await this.#place.address();
    if (address === undefined || !this.#isOpen) return false;
    const probe = new Probe(address);
    for (let turn = 0; turn < TURNS && this.#accepted === this.#seen; turn++) {
      await delay(SYSTEM_CLOCK, TURN_MS);
    }
    probe.end();
    // Where none could be made, nothing is known.
    return probe.isConnected && this.#accepted === this.#seen && this.#isOpen;
  }

  /** If that fails, the next look tries again. */
  async #relisten(): Promise<void> {
    this.#closeServer();
    await this.#listen();
    if (!this.#isOpen) await this.close();
  }
}

/** A connection that only wants to be accepted. */
class Probe {
  readonly #socket: Socket;
  isConnected = false;

  constructor(address: NetConnectOpts) {
    this.#socket = connect(address);
    this.#socket.on("connect", () => this.isConnected = true);
    this.#socket.on("error", () => {});
  }

  end(): void {
    this.#socket.destroy();
  }
}
