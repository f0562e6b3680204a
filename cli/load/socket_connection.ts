import type { Socket } from "node:net";
import type { LoadConnection, Outcome } from "./load_connection.ts";

/** How one kind of answer is read off a socket. One for each connection. */
export interface AnswerReader {
  /** Takes what has arrived; the outcome once the answer is complete. Throws if it is no answer. */
  read(piece: Uint8Array): Answer | undefined;
  /** The other end closed the connection. */
  end(): Answer | undefined;
}

/** A complete answer. */
export interface Answer {
  readonly outcome: Outcome;
  /** Whether the connection can carry another request. */
  readonly isKept: boolean;
}

/** What {@linkcode SocketConnection} works with. */
export interface SocketConnectionOptions {
  /** Begins to connect; `onReady` is called when that is done. */
  readonly connect: (onReady: () => void) => Socket;
  readonly request: Uint8Array;
  readonly createReader: () => AnswerReader;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

/** One client that sends the same bytes over a socket again and again. */
export class SocketConnection implements LoadConnection {
  readonly #options: SocketConnectionOptions;
  #socket: Socket | undefined;
  #reader: AnswerReader;
  #settle: ((outcome: Outcome) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketConnectionOptions) {
    this.#options = options;
    this.#reader = options.createReader();
  }

  open(): Promise<void> {
    if (this.#socket !== undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const socket = this.#options.connect(resolve);
      this.#socket = socket;
      this.#reader = this.#options.createReader();
      socket.setNoDelay(true);
      socket.on("data", (piece: Uint8Array) => this.#receive(piece));
      socket.on("end", () => this.#receiveEnd());
      socket.on("error", (error: Error & { code?: string }) => {
        reject(error);
        this.#fail(socket, error.code ?? error.message);
      });
      socket.on("close", () => this.#fail(socket, "connection closed"));
    });
  }

  send(): Promise<Outcome> {
    if (this.#socket !== undefined) return this.#sendNow();
    return this.open().then(() => this.#sendNow(), (error) => failed(error.code ?? error.message));
  }

  close(): void {
    const socket = this.#socket;
    if (socket !== undefined) this.#fail(socket, "cancelled");
  }

  #sendNow(): Promise<Outcome> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve(failed("connection closed"));
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#timer = setTimeout(() => this.#fail(socket, "timeout"), this.#options.timeoutMs);
      socket.write(this.#options.request);
    });
  }

  #receive(piece: Uint8Array): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    // Nothing was asked; whatever this is, it would be taken for the next answer.
    if (this.#settle === undefined) return this.#fail(socket, "unasked answer");
    try {
      this.#conclude(this.#reader.read(piece));
    } catch (thrown) {
      this.#fail(socket, (thrown as Error).message);
    }
  }

  #receiveEnd(): void {
    if (this.#settle !== undefined) this.#conclude(this.#reader.end());
  }

  #conclude(answer: Answer | undefined): void {
    if (answer === undefined) return;
    if (!answer.isKept) this.#drop();
    this.#finish(answer.outcome);
  }

  /** The connection is of no use any more. */
  #fail(socket: Socket, reason: string): void {
    if (socket !== this.#socket) return;
    this.#drop();
    this.#finish(failed(reason));
  }

  #finish(outcome: Outcome): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }

  #drop(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

function failed(reason: string): Outcome {
  return { label: reason, isSuccess: false };
}
