import { readEvents } from "./events.js";

/** The server's API, with the token this tab was given. */

const TOKEN = "skerry-token";
const RETRY_MS = 2000;

/** What the server refused, as its problem document says. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.error ?? `HTTP ${status}`);
    this.status = status;
    this.code = document.code ?? "";
    this.diagnostics = document.diagnostics ?? [];
  }
}

/** Called when the server wants a token that this tab has not, or a better one. */
export const unauthorized = new EventTarget();

export function setToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

function headersWith(headers = {}) {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? headers : { ...headers, authorization: `Bearer ${token}` };
}

/** Fetches, with the token. Throws a {@link Problem} for what is not a success. */
export async function request(path, init = {}) {
  const response = await fetch(path, { ...init, headers: headersWith(init.headers) });
  if (response.ok) return response;
  if (response.status === 401) unauthorized.dispatchEvent(new Event("unauthorized"));
  throw new Problem(response.status, await response.json().catch(() => ({})));
}

/** Fetches JSON. */
export async function json(path, init) {
  const response = await request(path, init);
  return response.status === 204 ? undefined : await response.json();
}

/** Sends JSON and fetches JSON. */
export function sendJson(path, method, body) {
  const headers = { "content-type": "application/json" };
  return json(path, { method, headers, body: JSON.stringify(body) });
}

/** The API's address of a function, by the name or route it is listed under. */
export function functionPath({ name, route }, suffix = "") {
  return `/_/functions/${encodeURIComponent(name ?? route.slice(1))}${suffix}`;
}

/**
 * Hears of events until the signal aborts; when the connection is lost, it is made anew, from the last event on.
 *
 * @param {string} path
 * @param {{signal: AbortSignal, onEvent: (data: any) => void, onState?: (isLive: boolean) => void}} options
 */
export async function follow(path, { signal, onEvent, onState = () => {} }) {
  let lastId = "";
  while (!signal.aborted) {
    try {
      const headers = { accept: "text/event-stream" };
      if (lastId !== "") headers["last-event-id"] = lastId;
      const response = await request(path, { headers, signal });
      onState(true);
      for await (
        const { id, data } of readEvents(response.body.pipeThrough(new TextDecoderStream()))
      ) {
        if (id !== "") lastId = id;
        onEvent(JSON.parse(data));
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof Problem && thrown.status !== 503) throw thrown;
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
