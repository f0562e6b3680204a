import type { CoordError } from "./coord_error.ts";

/** Where the server is, and how to speak to it. */
export interface TransportOptions {
  /** The server's address, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The bearer token of the management API. */
  readonly token?: string;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
}

/** What one try came to. */
export type Outcome =
  | { readonly kind: "answered"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly error: CoordError }
  /** The server has the request and works on it. */
  | { readonly kind: "acknowledged"; readonly place: number }
  /** There was no answer, or one that leaves open whether the request was run. */
  | { readonly kind: "failed"; readonly reason: string };

/** Sends requests to one server. */
export class Transport {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, token, fetch: fetcher = fetch }: TransportOptions) {
    this.#base = `${url.replace(/\/+$/, "")}/_/`;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    // A browser's fetch must be called without an object.
    this.#fetch = (input, init) => fetcher(input, init);
  }

  /** Sends a command, once. */
  async post(path: string, body: unknown, signal: AbortSignal): Promise<Outcome> {
    return await this.#send("POST", path, body, signal);
  }

  /** Creates something, once. */
  async put(path: string, body: unknown, signal: AbortSignal): Promise<Outcome> {
    return await this.#send("PUT", path, body, signal);
  }

  /** Asks for something that can be asked for again. */
  async get(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
    const headers = { ...this.#headers, accept };
    return await this.#fetch(this.#base + path, { headers, signal });
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      const response = await this.#fetch(this.#base + path, {
        method,
        headers: { ...this.#headers, "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      });
      return await readOutcome(response);
    } catch (thrown) {
      return { kind: "failed", reason: (thrown as Error).message };
    }
  }
}

/** What a response means. */
export async function readOutcome(response: Response): Promise<Outcome> {
  const body = await response.json() as Record<string, unknown>;
  if (response.status === 202) return { kind: "acknowledged", place: Number(body.position) };
  if (response.ok) return { kind: "answered", body };
  const error = {
    code: String(body.code ?? "unknown"),
    message: String(body.detail ?? `The server answered with status ${response.status}`),
    rc: Number(body.rc ?? -1),
  };
  const isUndone = response.status < 500 || error.code === "storage_full";
  // A server that stops or is in trouble may have run the request or not: only a repeat can tell.
  return isUndone ? { kind: "refused", error } : { kind: "failed", reason: error.message };
}
