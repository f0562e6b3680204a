/** Puts what programs expect of a server's JavaScript where they look for it. */
import { console } from "./console.ts";
import { crypto, random } from "./crypto.ts";
import { TextDecoder, TextEncoder } from "./encoding.ts";
import { process } from "./environment.ts";
import { FormData } from "./form_data.ts";
import { Headers } from "./headers.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import { URLSearchParams } from "./search_params.ts";
import { ReadableStream } from "./streams.ts";
import { structuredClone } from "./structured_clone.ts";
import { clearTimeout, setInterval, setTimeout } from "./timers.ts";
import { URL } from "./url.ts";

const GLOBALS = {
  FormData,
  Headers,
  ReadableStream,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearInterval: clearTimeout,
  clearTimeout,
  console,
  crypto,
  fetch: () => Promise.reject(new TypeError("fetch is not available: functions have no network")),
  process,
  setInterval,
  setTimeout,
  structuredClone,
};

export function installGlobals(): void {
  for (const [name, value] of Object.entries(GLOBALS)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  Math.random = random;
}

let beganMs = Date.now();

/** Begins a run: `performance.now` counts from here. */
export function beginRun(): void {
  beganMs = Date.now();
  globalThis.performance.now = () => Date.now() - beganMs;
}
