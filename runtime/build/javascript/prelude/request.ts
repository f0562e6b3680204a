import { Body, type BodyInit, bodyOf, type BodySource } from "./body.ts";
import { Headers, type HeadersInit } from "./headers.ts";
import { URL } from "./url.ts";

export interface RequestInit {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: BodyInit | null;
}

const NORMALISED = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const BODYLESS = ["GET", "HEAD"];

/** The request that a run is for; most of it is looked at only when it is asked for. */
export class RunSource {
  constructor(
    readonly environ: Readonly<Record<string, string>>,
    readonly readBody: () => Uint8Array<ArrayBuffer>,
    readonly authorization?: string,
  ) {}

  get method(): string {
    return this.environ.REQUEST_METHOD ?? "GET";
  }

  get body(): BodySource | null {
    return BODYLESS.includes(this.method) ? null : this.readBody;
  }
}

export class Request extends Body {
  readonly #run: RunSource | undefined;
  readonly #url: string | undefined;
  readonly #method: string;
  #headers: Headers | undefined;

  constructor(input: Request | URL | string | RunSource, init: RequestInit = {}) {
    const from = input instanceof Request ? input : undefined;
    const made = init.body === undefined || init.body === null ? undefined : bodyOf(init.body);
    super(input instanceof RunSource ? input.body : made?.source ?? from?.copyBody() ?? null);
    if (input instanceof RunSource) {
      this.#run = input;
      this.#method = input.method;
      return;
    }
    this.#url = from?.url ?? new URL(String(input)).href;
    this.#method = methodOf(init.method ?? from?.method ?? "GET");
    this.#headers = new Headers(init.headers ?? from?.headers);
    if (made !== undefined && BODYLESS.includes(this.#method)) {
      throw new TypeError(`A ${this.#method} request has no body`);
    }
    if (made?.contentType !== undefined && !this.#headers.has("content-type")) {
      this.#headers.set("content-type", made.contentType);
    }
  }

  get url(): string {
    return this.#url ?? this.#run?.environ.X_FULL_URL ?? "http://localhost/";
  }

  get method(): string {
    return this.#method;
  }

  get headers(): Headers {
    return this.#headers ??= headersOf(this.#run);
  }

  clone(): Request {
    return new Request(this);
  }

  get [Symbol.toStringTag](): string {
    return "Request";
  }
}

const PREFIX = "HTTP_";

function headersOf({ environ = {}, authorization }: Partial<RunSource> = {}): Headers {
  const headers = new Headers();
  if (authorization !== undefined) headers.append("authorization", authorization);
  for (const name in environ) {
    if (!name.startsWith(PREFIX)) continue;
    headers.append(name.slice(PREFIX.length).replaceAll("_", "-"), environ[name]!);
  }
  return headers;
}

function methodOf(method: string): string {
  const upper = String(method).toUpperCase();
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(method)) throw new TypeError(`${method} is no method`);
  return NORMALISED.includes(upper) ? upper : String(method);
}
