import { HttpConnection, wireRequest } from "./http_client.ts";

const DECODER = new TextDecoder();

/** A client of locks and logs that costs little, so that what is measured is the server. One request at a time. */
export class CoordConnection implements Disposable {
  readonly #connection: HttpConnection;
  readonly #base: string;
  readonly #client: string;
  #seq = 0;

  private constructor(connection: HttpConnection, url: string, client: string) {
    this.#connection = connection;
    this.#base = `${url}/_/`;
    this.#client = client;
  }

  /** Connects, and opens a session. */
  static async open(url: string, client: string): Promise<CoordConnection> {
    const connection = new CoordConnection(
      await HttpConnection.open(new URL(url)),
      url,
      client,
    );
    await connection.#post("sessions/init", {});
    return connection;
  }

  /** Waits for a lock; resolves with its token. */
  async acquire(lock: string, ttlMs = 60_000): Promise<number> {
    const { token } = await this.#numbered(`locks/${lock}/acquire`, { ttl_ms: ttlMs });
    return token as number;
  }

  /** Resolves with the record's index. */
  async append(log: string, token: number, data: string): Promise<number> {
    const { index } = await this.#numbered(`logs/${log}/append`, { token, data });
    return index as number;
  }

  async release(lock: string, token: number): Promise<void> {
    await this.#numbered(`locks/${lock}/release`, { token });
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #numbered(path: string, members: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.#post(path, { seq: this.#seq++, ...members });
  }

  async #post(path: string, members: Record<string, unknown>): Promise<Record<string, unknown>> {
    const body = new TextEncoder().encode(JSON.stringify({ client_id: this.#client, ...members }));
    const answer = await this.#connection.send(wireRequest(this.#base + path, body));
    const text = DECODER.decode(answer.body);
    if (answer.status !== 200) throw new Error(`Cannot ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
