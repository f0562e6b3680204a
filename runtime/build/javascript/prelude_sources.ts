/** The prelude's files as texts, so that they are part of Skerry's own bundle. */
import body from "./prelude/body.ts" with { type: "text" };
import console from "./prelude/console.ts" with { type: "text" };
import crypto from "./prelude/crypto.ts" with { type: "text" };
import encoding from "./prelude/encoding.ts" with { type: "text" };
import environment from "./prelude/environment.ts" with { type: "text" };
import formData from "./prelude/form_data.ts" with { type: "text" };
import globals from "./prelude/globals.ts" with { type: "text" };
import handler from "./prelude/handler.ts" with { type: "text" };
import headers from "./prelude/headers.ts" with { type: "text" };
import inspect from "./prelude/inspect.ts" with { type: "text" };
import late from "./prelude/late.ts" with { type: "text" };
import main from "./prelude/main.ts" with { type: "text" };
import native from "./prelude/native.ts" with { type: "text" };
import punycode from "./prelude/punycode.ts" with { type: "text" };
import request from "./prelude/request.ts" with { type: "text" };
import response from "./prelude/response.ts" with { type: "text" };
import searchParams from "./prelude/search_params.ts" with { type: "text" };
import sourceMap from "./prelude/source_map.ts" with { type: "text" };
import streams from "./prelude/streams.ts" with { type: "text" };
import structuredClone from "./prelude/structured_clone.ts" with { type: "text" };
import system from "./prelude/system.ts" with { type: "text" };
import timers from "./prelude/timers.ts" with { type: "text" };
import url from "./prelude/url.ts" with { type: "text" };
import urlHost from "./prelude/url_host.ts" with { type: "text" };
import urlParts from "./prelude/url_parts.ts" with { type: "text" };
import utf8 from "./prelude/utf8.ts" with { type: "text" };

/** By the names they import each other by. */
export const PRELUDE_SOURCES: Readonly<Record<string, string>> = {
  "./body.ts": body,
  "./console.ts": console,
  "./crypto.ts": crypto,
  "./encoding.ts": encoding,
  "./environment.ts": environment,
  "./form_data.ts": formData,
  "./globals.ts": globals,
  "./handler.ts": handler,
  "./headers.ts": headers,
  "./inspect.ts": inspect,
  "./late.ts": late,
  "./main.ts": main,
  "./native.ts": native,
  "./punycode.ts": punycode,
  "./request.ts": request,
  "./response.ts": response,
  "./search_params.ts": searchParams,
  "./source_map.ts": sourceMap,
  "./streams.ts": streams,
  "./structured_clone.ts": structuredClone,
  "./system.ts": system,
  "./timers.ts": timers,
  "./url.ts": url,
  "./url_host.ts": urlHost,
  "./url_parts.ts": urlParts,
  "./utf8.ts": utf8,
};
