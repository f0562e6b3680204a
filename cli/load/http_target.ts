import { Buffer } from "node:buffer";
import { connect as connectPlain } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { LoadTarget, Outcome } from "./load_connection.ts";
import { ResponseReader, type SeenResponse } from "./response_reader.ts";
import { type Answer, SocketConnection } from "./socket_connection.ts";

/** The request that is sent again and again. */
export interface HttpLoad {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number;
}

/** Loads a URL over HTTP/1.1 on kept connections, one request at a time on each. */
export function httpTarget({ url, method, headers, body, timeoutMs }: HttpLoad): LoadTarget {
  const request = requestBytes(url, method, headers, body);
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (isSecure ? 443 : 80));
  return {
    title: `${method} ${url.href}`,
    connect: () =>
      new SocketConnection({
        connect: (onReady) =>
          isSecure
            ? connectSecure({ host, port, servername: host }, onReady)
            : connectPlain({ host, port }, onReady),
        request,
        createReader: () => httpReader(method),
        timeoutMs,
      }),
  };
}

function requestBytes(url: URL, method: string, headers: Headers, body?: Uint8Array): Uint8Array {
  const all = new Headers(headers);
  if (!all.has("host")) all.set("host", url.host);
  if (!all.has("user-agent")) all.set("user-agent", "skerry-load");
  if (body !== undefined) all.set("content-length", String(body.length));
  const lines = [...all].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines}\r\n`;
  return new Uint8Array(Buffer.concat([Buffer.from(head, "latin1"), body ?? new Uint8Array()]));
}

function httpReader(method: string) {
  const reader = new ResponseReader(method);
  const answer = (seen: SeenResponse | undefined): Answer | undefined =>
    seen && { outcome: outcomeOf(seen), isKept: seen.isKept };
  return {
    read: (piece: Uint8Array) => answer(reader.read(piece)),
    end: () => answer(reader.end()),
  };
}

const OUTCOMES = new Map<number, Outcome>();

/** The status, and the code that Skerry's problem documents carry. */
function outcomeOf({ status, contentType, body }: SeenResponse): Outcome {
  if (status >= 400 && contentType.startsWith("application/problem+json")) {
    const code = codeOf(body);
    if (code !== undefined) return { label: `${status} ${code}`, isSuccess: false };
  }
  let outcome = OUTCOMES.get(status);
  if (outcome === undefined) {
    outcome = { label: String(status), isSuccess: status < 400 };
    OUTCOMES.set(status, outcome);
  }
  return outcome;
}

function codeOf(body: Uint8Array): string | undefined {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(body));
    return typeof code === "string" ? code.slice(0, 60) : undefined;
  } catch {
    return undefined;
  }
}
