import type { Diagnostic } from "../runtime/build/language.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import type { ServerAddress } from "./server_arguments.ts";

/** Why a request came to nothing. */
export interface ManagementError {
  /** The server's stable code, or `no_answer` or `bad_answer`. */
  readonly code: string;
  /** What was found, and where there is one, the next step. */
  readonly message: string;
  readonly status?: number;
  readonly requestId?: string;
  /** What a compiler said. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** A request of the management API. */
export interface ManagementRequest {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** @default application/octet-stream */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What to do next, by what went wrong. */
const HINTS: Readonly<Record<string, string>> = {
  function_not_found: "skerry list shows what there is",
  name_taken: "--replace deploys a new version of it",
  unauthorized: "give the server's token with --token or SKERRY_TOKEN",
  version_not_found: "skerry inspect shows the versions",
};

/**
 * Speaks to the management API of one server.
 *
 * @example
 * ```ts
 * import { ManagementClient } from "./management_client.ts";
 *
 * const client = new ManagementClient({ url: "http://127.0.0.1:8080" });
 * const listed = await client.json<{ functions: { route: string }[] }>("functions");
 * if (listed.ok) for (const { route } of listed.value.functions) console.log(route);
 * else console.error(listed.error.message);
 * ```
 */
export class ManagementClient {
  readonly #server: ServerAddress;
  readonly #fetch: typeof fetch;

  constructor(server: ServerAddress, fetcher: typeof fetch = fetch) {
    this.#server = server;
    this.#fetch = fetcher;
  }

  /** The server's address. */
  get url(): string {
    return this.#server.url;
  }

  /** Sends a request for what is below `/_/` at this path, and reads the JSON it is answered with; undefined if there is none. */
  async json<T>(path: string, request?: ManagementRequest): Promise<Result<T, ManagementError>> {
    return await this.jsonAt<T>(`/_/${path}`, request);
  }

  /** The same for a path from the root. */
  async jsonAt<T>(path: string, request?: ManagementRequest): Promise<Result<T, ManagementError>> {
    const response = await this.open(path, request);
    if (!response.ok) return response;
    try {
      const text = await response.value.text();
      return ok((text === "" ? undefined : JSON.parse(text)) as T);
    } catch (thrown) {
      return err(this.#badAnswer(response.value, (thrown as Error).message));
    }
  }

  /** Sends a request and resolves to its answer, whose body is still to be read, if that is a success. */
  async open(
    path: string,
    request: ManagementRequest = {},
  ): Promise<Result<Response, ManagementError>> {
    const { method = "GET", body, signal, accept = "application/json" } = request;
    const { url, token } = this.#server;
    const headers = new Headers({ accept, ...request.headers });
    if (body !== undefined) {
      headers.set("content-type", request.contentType ?? "application/octet-stream");
    }
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    try {
      const target = url + path + queryText(request.query ?? {});
      const fetcher = this.#fetch;
      const response = await fetcher(target, { method, headers, body, signal });
      return response.ok ? ok(response) : err(await this.#refusal(response));
    } catch (thrown) {
      return err(noAnswer(url, thrown));
    }
  }

  async #refusal(response: Response): Promise<ManagementError> {
    const text = await response.text();
    const problem = readProblem(text);
    if (problem === undefined) return this.#badAnswer(response, text.slice(0, 200));
    return { ...problem, status: response.status };
  }

  #badAnswer({ status, headers }: Response, found: string): ManagementError {
    const type = headers.get("content-type") ?? "no content type";
    const message =
      `Cannot understand the answer of ${this.url} (status ${status}, ${type}): ${found}; ` +
      "is this a Skerry server?";
    return { code: "bad_answer", message, status };
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((each): each is [string, string] => !!each[1]);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** Reads what Skerry says of a failure; undefined if it is none of Skerry's words. */
export function readProblem(text: string): ManagementError | undefined {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  // The mini-FaaS API says `error` for what a problem document calls `detail`.
  const { code, detail = body?.error, request_id: requestId, diagnostics } = body ?? {};
  if (typeof code !== "string" || typeof detail !== "string") return undefined;
  return {
    code,
    message: detail + hintAbout(code, body),
    ...typeof requestId === "string" ? { requestId } : {},
    ...Array.isArray(diagnostics) ? { diagnostics } : {},
  };
}

function hintAbout(code: string, { served_by: owner }: Record<string, unknown>): string {
  // A file or a row of the route table has the path: a new version would not get it either.
  if (code === "name_taken" && owner !== undefined) return "; choose another name with --name";
  return Object.hasOwn(HINTS, code) ? `; ${HINTS[code]}` : "";
}

/** There was no answer at all. */
export function noAnswer(url: string, thrown: unknown): ManagementError {
  const { message, cause } = thrown as Error & { cause?: Error & { code?: string } };
  const reason = cause?.code ?? cause?.message ?? message;
  const isRefused = /refused/i.test(reason);
  const next = isRefused
    ? "no server listens there; start one with: skerry serve, or name another with --url"
    : reason;
  return { code: "no_answer", message: `Cannot reach ${url}: ${next}` };
}
