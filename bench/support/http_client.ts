/**
 * A small HTTP/1.1 client over TCP: one request at a time on a kept connection. It costs a fraction of `fetch`, so that what
 * is measured is the server, and it counts requests exactly, which wrk does not.
 */

/** A request as it goes over the wire; made once, sent many times. */
export interface WireRequest {
  readonly url: URL;
  readonly bytes: Uint8Array;
}

/** A response, without its headers. */
export interface Answer {
  readonly status: number;
  /** Valid until the next request on the same connection. */
  readonly body: Uint8Array;
}

/** Makes a request: GET, or POST if there is a body. */
export function wireRequest(address: string, body?: Uint8Array): WireRequest {
  const url = new URL(address);
  const head = body === undefined
    ? `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`
    : `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n` +
      `Content-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`;
  const headBytes = new TextEncoder().encode(head);
  const bytes = new Uint8Array(headBytes.length + (body?.length ?? 0));
  bytes.set(headBytes);
  if (body !== undefined) bytes.set(body, headBytes.length);
  return { url, bytes };
}

const INITIAL_BUFFER_BYTES = 64 * 1024;
const HEAD_END = new TextEncoder().encode("\r\n\r\n");

/** One kept connection. */
export class HttpConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #decoder = new TextDecoder("latin1");
  #buffer = new Uint8Array(INITIAL_BUFFER_BYTES);
  #length = 0;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    connection.setNoDelay(true);
  }

  /** Connects to the server of this URL. */
  static async open({ hostname, port }: URL): Promise<HttpConnection> {
    return new HttpConnection(await Deno.connect({ hostname, port: Number(port) }));
  }

  /**
   * Sends a request and resolves with its answer, which must have a `Content-Length`. Rejects if the server closes the
   * connection before that is complete.
   */
  async send({ bytes }: WireRequest): Promise<Answer> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(sent === 0 ? bytes : bytes.subarray(sent));
    }
    this.#length = 0;
    let headLength = -1;
    while (headLength === -1) {
      await this.#receive();
      headLength = endOfHead(this.#buffer.subarray(0, this.#length));
    }
    const head = this.#decoder.decode(this.#buffer.subarray(0, headLength));
    const end = headLength + contentLength(head);
    while (this.#length < end) await this.#receive();
    return { status: Number(head.slice(9, 12)), body: this.#buffer.subarray(headLength, end) };
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #receive(): Promise<void> {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const count = await this.#connection.read(this.#buffer.subarray(this.#length));
    if (count === null) throw new Error("Cannot read the answer: the server closed the connection");
    this.#length += count;
  }
}

function endOfHead(received: Uint8Array): number {
  let at = received.indexOf(HEAD_END[0]!);
  while (at !== -1 && at + HEAD_END.length <= received.length) {
    if (HEAD_END.every((byte, index) => received[at + index] === byte)) return at + HEAD_END.length;
    at = received.indexOf(HEAD_END[0]!, at + 1);
  }
  return -1;
}

function contentLength(head: string): number {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (found === null) throw new Error(`Cannot read the answer: it has no Content-Length: ${head}`);
  return Number(found[1]);
}
