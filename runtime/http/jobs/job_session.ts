import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { skerryError } from "../../errors.ts";
import type { Session } from "../../sockets/socket_server.ts";
import { failureLine } from "./job_runner.ts";

/** What {@linkcode serveJobs} works with. */
export interface JobSessionOptions {
  /** Answers a line with a line. */
  readonly answer: (line: string, hasLeft: () => boolean) => Promise<string>;
  /** A longer line ends the session. */
  readonly maxLineBytes: number;
}

const LINE_FEED = 0x0a;
/** How long a client that has its last answer may take to close its end. */
const LINGER_MS = 2000;
/** Lines that may have been sent ahead; more are left in the system's buffers. */
const MAX_AHEAD = 64;

/**
 * Speaks with one client: each line is a job, answered by a line, in the order in which they came. A client that wants jobs to run
 * at the same time opens several connections.
 */
export function serveJobs(socket: Socket, options: JobSessionOptions): Session {
  return new JobSession(socket, options);
}

class JobSession implements Session {
  readonly #socket: Socket;
  readonly #options: JobSessionOptions;
  readonly #lines: string[] = [];
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #isAnswering = false;
  #hasEnded = false;

  constructor(socket: Socket, options: JobSessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    socket.on("end", () => this.#receiveEnd());
    // A client that has gone needs no answer.
    socket.on("error", () => {});
  }

  finish(): void {
    this.#hasEnded = true;
    this.#lines.length = 0;
    void this.#work();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#hasEnded) return;
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, start)) {
      if (!this.#keep(chunk.subarray(start, at))) return;
      this.#takeLine();
      start = at + 1;
    }
    if (!this.#keep(chunk.subarray(start))) return;
    if (this.#lines.length > MAX_AHEAD) this.#socket.pause();
    void this.#work();
  }

  /** Keeps a piece of a line; false if the line is too long, which ends the session. */
  #keep(piece: Uint8Array): boolean {
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes > this.#options.maxLineBytes) {
      this.#pieces = [];
      this.#hasEnded = true;
      this.#lines.push("");
      void this.#work();
      return false;
    }
    if (piece.length > 0) this.#pieces.push(Buffer.from(piece));
    return true;
  }

  #takeLine(): void {
    const line = Buffer.concat(this.#pieces).toString();
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (line.trim() !== "") this.#lines.push(line);
  }

  #receiveEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#takeLine();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    while (!this.#socket.destroyed) {
      const line = this.#lines.shift();
      if (line === undefined) break;
      await this.#write(line === "" ? this.#tooLong() : await this.#answer(line));
      if (this.#lines.length <= MAX_AHEAD) this.#socket.resume();
    }
    this.#isAnswering = false;
    if (this.#hasEnded) this.#end();
  }

  #end(): void {
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.on("close", () => clearTimeout(timer));
  }

  async #answer(line: string): Promise<string> {
    return await this.#options.answer(line, () => this.#socket.destroyed);
  }

  #tooLong(): string {
    const message = `Cannot read the job: a line has at most ${this.#options.maxLineBytes} bytes`;
    return failureLine(skerryError("request_too_large", message));
  }

  /** A client that does not read its answers is not read, either. */
  async #write(line: string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(`${line}\n`)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
  }
}
