import { readEvents } from "./events.js";
import { pause, retryMs } from "./poll.js";
import { hiding, shown } from "./visibility.js";

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
    noteLoss(thrown);
    throw thrown;
  }
}

/** Who has left the page has not lost the server; whose patience has ended, has. */
function noteLoss(thrown) {
  if (thrown.name !== "AbortError") setConnected(false);
}

/** Fetches JSON. */
export async function json(path, init) {
  const response = await request(path, init);
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (thrown) {
    noteLoss(thrown);
    throw thrown;
  }
}

/** Sends JSON and fetches JSON. */
export function sendJson(path, method, body) {
  const headers = { "content-type": "application/json" };
  return json(path, { method, headers, body: JSON.stringify(body) });
}

/** What the API knows a function of a list by: several may be at one path, for different methods. */
export function nameOf({ name, method, route }) {
  return name ?? (method === undefined ? route.slice(1) : `${method}:${route}`);
}

/** The API's address of a function. @param {string} name */
export function functionPath(name) {
  return `/_/functions/${encodeURIComponent(name)}`;
}

/** Whether a later attempt may go better. */
export function isPassing(thrown) {
  return !(thrown instanceof Problem) || PASSING.includes(thrown.status);
}

/**
 * Hears of events until the signal aborts; when the connection is lost, it is made anew, from the last event on. A
 * hidden page lets go of it, since browsers have six of them for a server, in all of their tabs.
 *
 * @param {string} path
 * @param {{signal: AbortSignal, onEvent: (data: any) => void, silenceMs?: number, whileHidden?: boolean}} options
 *   `silenceMs`: a stream without even a heartbeat for so long is taken for lost
 */
export async function follow(path, { signal, onEvent, silenceMs = 40_000, whileHidden = false }) {
  let [lastId, failures] = ["", 0];
  while (!signal.aborted) {
    if (!whileHidden) await shown(signal);
    const hidden = hiding(whileHidden);
    const patience = new Patience(silenceMs);
    try {
      const headers = { accept: "text/event-stream" };
      if (lastId !== "") headers["last-event-id"] = lastId;
      const attempt = AbortSignal.any([signal, hidden.signal, patience.signal]);
      const { body } = await request(path, { headers, signal: attempt });
      failures = 0;
      for await (const { id, data } of readEvents(patience.heard(body))) {
        if (id !== "") lastId = id;
        onEvent(JSON.parse(data));
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (hidden.signal.aborted) continue;
      if (!isPassing(thrown)) throw thrown;
    } finally {
      patience.end();
      hidden.end();
    }
    setConnected(false);
    await pause(retryMs(failures++), signal);
  }
}

/** Gives a stream up that has been silent for too long: a server that is cut off says nothing. */
class Patience {
  #gone = new AbortController();
  #silenceMs;
  #timer;
  signal = this.#gone.signal;

  constructor(silenceMs) {
    this.#silenceMs = silenceMs;
    this.#wait();
  }

  /** The texts of a stream; each is a sign of life. */
  async *heard(body) {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      this.#wait();
      yield text;
    }
  }

  end() {
    clearTimeout(this.#timer);
  }

  #wait() {
    clearTimeout(this.#timer);
    const giveUp = () => this.#gone.abort(new DOMException("Silent for too long", "TimeoutError"));
    this.#timer = setTimeout(giveUp, this.#silenceMs);
  }
}
