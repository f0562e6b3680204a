import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Session } from "../sockets/socket_server.ts";

/** What {@linkcode serveSession} works with. */
export interface SessionOptions {
  /** Runs a command and resolves to the reply, without a newline; both are binary strings. */
  readonly answer: (command: string) => Promise<string>;
  /** How long a client may say nothing while nothing of its runs. */
  readonly idleMs: number;
  /** Calls back after some milliseconds, unless the function it returns is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/** Longer lines end the session: nobody means them. */
const MAX_LINE_BYTES = 256 * 1024;
/** Commands that may have been sent ahead; more are left in the system's buffers. */
const MAX_AHEAD = 64;
const NO_HTTP = "Error: the server of native calls does not speak HTTP\n";
/** How long a client that has its answer may take to close its end. */
const LINGER_MS = 2000;

/**
 * Speaks with one client as formats.md 5 says. A first read without a newline is one whole command: its reply has no newline
 * either, and then the connection ends. Otherwise each line is a command, answered by a line, until `exit`, `quit` or
 * the end of the client's input.
 */
export function serveSession(socket: Socket, options: SessionOptions): Session {
  return new NativeSession(socket, options);
}

class NativeSession implements Session {
  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #lines: string[] = [];
  #mode: "new" | "single" | "lines" | "ending" = "new";
  #rest = "";
  #isAnswering = false;
  #hasEnded = false;
  #isFinishing = false;
  #stopIdling: () => void = () => {};

  constructor(socket: Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (chunk: Uint8Array) => this.#receive(latin1(chunk)));
    socket.on("end", () => this.#receiveEnd());
    // A client that has gone needs no answer; "close" follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#stopIdling());
    this.#idle();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#lines.length = 0;
    void this.#work();
  }

  #receive(text: string): void {
    if (this.#isFinishing) return;
    if (this.#mode === "new" && text !== "") this.#mode = text.includes("\n") ? "lines" : "single";
    else if (this.#mode !== "lines") return;
    this.#stopIdling();
    if (this.#mode === "single") this.#lines.push(withoutEnds(text));
    else this.#split(text);
    void this.#work();
  }

  #split(text: string): void {
    const pieces = (this.#rest + text).split("\n");
    this.#rest = pieces.pop()!;
    this.#lines.push(...pieces.map(withoutEnds));
    if (this.#rest.length > MAX_LINE_BYTES) {
      this.#lines.push(this.#rest, "exit");
      this.#rest = "";
    }
    if (this.#lines.length > MAX_AHEAD) this.#socket.pause();
  }

  #receiveEnd(): void {
    this.#hasEnded = true;
    if (this.#isFinishing) return;
    const last = withoutEnds(this.#rest);
    if (this.#mode === "lines" && last !== "") this.#lines.push(last);
    this.#rest = "";
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    while (this.#mode !== "ending") {
      const line = this.#lines.shift();
      if (line === undefined) break;
      if (line === "exit" || line === "quit") this.#end("");
      else if (isHttpRequest(line)) this.#end(NO_HTTP);
      else await this.#answer(line);
      if (this.#lines.length <= MAX_AHEAD) this.#socket.resume();
    }
    this.#isAnswering = false;
    if (this.#mode === "ending") return;
    if (this.#hasEnded || this.#isFinishing) this.#end("");
    else this.#idle();
  }

  async #answer(line: string): Promise<void> {
    const reply = await this.#options.answer(line);
    if (this.#mode === "single") this.#end(reply);
    else await this.#write(reply + "\n");
  }

  /** A client that does not read its answers is not read, either, and let go when that takes too long. */
  async #write(line: string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(line, "latin1")) return;
    this.#socket.pause();
    this.#idle();
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
    this.#stopIdling();
  }

  /** Sends the last words and leaves the rest to the client; what it still sends is not read as commands. */
  #end(reply: string): void {
    this.#mode = "ending";
    this.#lines.length = 0;
    if (this.#socket.destroyed) return;
    this.#socket.end(reply, "latin1");
    this.#socket.resume();
    this.#stopIdling = this.#options.after(LINGER_MS, () => this.#socket.destroy());
  }

  #idle(): void {
    this.#stopIdling();
    if (this.#socket.destroyed) return;
    this.#stopIdling = this.#options.after(this.#options.idleMs, () => this.#socket.destroy());
  }
}

/** Some C programs send the zero of their strings, too, which then is before or behind a line; others end lines by CR LF. */
function withoutEnds(line: string): string {
  let [start, end] = [0, line.length];
  while (line[start] === "\0") start++;
  while (end > start && (line[end - 1] === "\0" || line[end - 1] === "\r")) end--;
  return line.slice(start, end);
}

/** A web page can make a browser send lines of its choice here, but only behind such a one. */
function isHttpRequest(line: string): boolean {
  return /^[A-Z]+ \S+ HTTP\/\d\.\d$/.test(line);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
