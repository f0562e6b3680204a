import type { NewResponse } from "./platform.ts";

/** The plain way, and the fastest under Hono's Node server, which writes a record out as it is. */
export const responseFromRecord: NewResponse = (body, status, headers) =>
  new Response(body, { status, headers });

/**
 * The fastest way under Deno: three headers cost 0.75 µs set one by one, and 1.6 µs as a record, which goes through the
 * general conversion of Web IDL first.
 */
export const responseBySetting: NewResponse = (body, status, headers) => {
  const response = new Response(body, { status });
  const target = response.headers;
  for (const name in headers) target.set(name, headers[name]!);
  return response;
};
