import { readEvents } from "./events.js";
import { pause, retryMs } from "./poll.js";

/** The server's API, with the token this tab was given. */

const TOKEN = "skerry-token";
/** What a server says that is starting, stopping or has too much to do; and so may proxies before it. */
const PASSING = [429, 500, 502, 503, 504];

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

/** Hears "change" when the server stops answering, and when it answers again. */
export const connection = new EventTarget();
let isConnected = true;

function setConnected(isNow) {
  if (isNow === isConnected) return;
  isConnected = isNow;
  connection.dispatchEvent(new CustomEvent("change", { detail: isNow }));
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

export function setToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

function headersWith(headers = {}) {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? headers : { ...headers, authorization: `Bearer ${token}` };
}

/** Fetches, with the token. Throws a {@link Problem} for what is not a success. */
export async function request(path, init = {}) {
  const response = await reach(path, { ...init, headers: headersWith(init.headers) });
  if (response.ok) return response;
  if (response.status === 401) unauthorized.dispatchEvent(new Event("unauthorized"));
  throw new Problem(response.status, await response.json().catch(() => ({})));
}

async function reach(path, init) {
  try {
    const response = await fetch(path, init);
    setConnected(true);
    return response;
  } catch (thrown) {
    if (!init.signal?.aborted) setConnected(false);
    throw thrown;
  }
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
 * @param {{signal: AbortSignal, onEvent: (data: any) => void}} options
 */
export async function follow(path, { signal, onEvent }) {
  let [lastId, failures] = ["", 0];
  while (!signal.aborted) {
    try {
      const headers = { accept: "text/event-stream" };
      if (lastId !== "") headers["last-event-id"] = lastId;
      const { body } = await request(path, { headers, signal });
      failures = 0;
      for await (const { id, data } of readEvents(body.pipeThrough(new TextDecoderStream()))) {
        if (id !== "") lastId = id;
        onEvent(JSON.parse(data));
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof Problem && !PASSING.includes(thrown.status)) throw thrown;
    }
    setConnected(false);
    await pause(retryMs(failures++), signal);
  }
}
