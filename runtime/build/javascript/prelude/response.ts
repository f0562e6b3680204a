import { Body, type BodyInit, bodyOf } from "./body.ts";
import { Headers, type HeadersInit } from "./headers.ts";
import { URL } from "./url.ts";

export interface ResponseInit {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInit;
}

const BODYLESS = [204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];

export class Response extends Body {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;

  constructor(
    body?: BodyInit | null,
    { status = 200, statusText = "", headers }: ResponseInit = {},
  ) {
    const made = body === undefined || body === null ? undefined : bodyOf(body);
    super(made?.source ?? null);
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`The status ${status} is not an integer from 200 to 599`);
    }
    if (made !== undefined && BODYLESS.includes(status)) {
      throw new TypeError(`A response with status ${status} has no body`);
    }
    this.status = status;
    this.statusText = String(statusText);
    this.headers = new Headers(headers);
    if (made?.contentType !== undefined && !this.headers.has("content-type")) {
      this.headers.set("content-type", made.contentType);
    }
  }

  get ok(): boolean {
    return this.status < 300;
  }

  clone(): Response {
    const copy = new Response(this.copyBody() as BodyInit | null, this);
    return copy;
  }

  static json(data: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data has no form in JSON");
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { ...init, headers });
  }

  static redirect(url: string | URL, status = 302): Response {
    if (!REDIRECTS.includes(status)) throw new RangeError(`The status ${status} redirects nowhere`);
    return new Response(null, { status, headers: { location: new URL(String(url)).href } });
  }

  get [Symbol.toStringTag](): string {
    return "Response";
  }
}
