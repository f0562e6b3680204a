/** Guests whose standard output breaks the rules of the CGI and JSON ABIs, and some that keep them. */
import { type BuildGuest, printer } from "./fragments.ts";

const TEXT = "Content-Type: text/plain\n";

export const RESPONSES = {
  /** Well-formed, with CRLF: 418, `short and stout`. */
  cgiTeapot: printer(
    "Status: 418 I'm a teapot\r\nContent-Type: text/plain\r\n\r\nshort and stout\n",
  ),
  /** Well-formed: `Location` without a status is 302. */
  cgiRedirect: printer("Location: /hello\n\n"),
  /** Well-formed: two cookies, both kept. */
  cgiTwoCookies: printer(`${TEXT}Set-Cookie: a=1\nSet-Cookie: b=2\n\nfed\n`),
  /** Well-formed: no body. */
  cgiNoBody: printer("Status: 204\n\n"),
  /** A header line without a colon behind a good one. */
  cgiNoColon: printer(`${TEXT}X-Broken\n\nbody\n`),
  /** Headers end with the output, without an empty line. */
  cgiNoBlankLine: printer(`${TEXT}X-Next: body\n`),
  /** Headers for the `cgi` ABI, but none of Content-Type, Status and Location. */
  cgiNoRequiredHeader: printer("X-Only: this\n\nbody\n"),
  /** A status that is no number. */
  cgiStatusWord: printer(`Status: teapot\n${TEXT}\nbody\n`),
  /** A status below those that a final response may have. */
  cgiStatusLow: printer(`Status: 99\n${TEXT}\nbody\n`),
  /** An informational status, which is no answer. */
  cgiStatusInformational: printer(`Status: 101 Switching Protocols\n${TEXT}\nbody\n`),
  /** A status above 599. */
  cgiStatusHigh: printer(`Status: 1000\n${TEXT}\nbody\n`),
  /** A carriage return within a value: where some servers begin a new header. */
  cgiCarriageReturn: printer(`${TEXT}X-A: a\rSet-Cookie: injected=1\n\nbody\n`),
  /** Two carriage returns before the line feed: one of them belongs to the value. */
  cgiDoubleCarriageReturn: printer("Location: /a\r\r\nSet-Cookie: injected=1\r\n\r\n"),
  /** A NUL within a value. */
  cgiNul: printer(`${TEXT}X-A: a\0b\n\nbody\n`),
  /** A space within a header's name. */
  cgiSpaceInName: printer(`${TEXT}Bad Name: x\n\nbody\n`),
  /** A space before the colon, which request smuggling is made of. */
  cgiSpaceBeforeColon: printer(`${TEXT}Content-Length : 3\n\nbody\n`),
  /** A header without a name. */
  cgiEmptyName: printer(`${TEXT}: nameless\n\nbody\n`),
  /** A continued line, long obsolete (RFC 9112, 5.2). */
  cgiContinuation: printer(`${TEXT}X-A: a\n folded\n\nbody\n`),
  /** A length and a transfer coding that do not fit the body: the server's own to set. */
  cgiFraming: printer(`${TEXT}Content-Length: 9999\nTransfer-Encoding: chunked\n\nbody\n`),
  /** A megabyte of headers. */
  cgiHeaderFlood: printer(
    `${TEXT}${"X-Filler: 0123456789abcdef0123456789abcdef\n".repeat(24576)}\n`,
  ),
  /** Looks like JSON, to `abi = "auto"`. */
  textJson: printer('{"answer": 42}\n'),
  /** Looks like HTML, to `abi = "auto"`. */
  textHtml: printer("<!doctype html>\n<title>Rock</title>\n"),
  /** Bytes that are no text in any encoding of the web. */
  textBinary: printer(Uint8Array.from({ length: 256 }, (_, value) => value)),
  /** A JSON ABI answer: 201, two headers, `made`. */
  jsonCreated: printer(
    '{"data":"made","headers":{"content-type":"text/plain","x-a":"b"},"status":201,"kv":{}}',
  ),
  /** A JSON ABI answer whose data are the bytes 0 to 3, in base64. */
  jsonBase64: printer('{"data":"AAECAw==","headers":{},"status":200,"kv":{},"base64":true}'),
  /** Not JSON at all. */
  jsonNotJson: printer("sorry"),
  /** JSON, but not an object. */
  jsonArray: printer('["data"]'),
  /** A status that is text. */
  jsonStatusText: printer('{"data":"x","status":"200"}'),
  /** A status that no response has. */
  jsonStatusHigh: printer('{"data":"x","status":70000}'),
  /** Base64 that is none. */
  jsonBadBase64: printer('{"data":"***","status":200,"base64":true}'),
  /** A header whose value holds a line break. */
  jsonHeaderInjection: printer('{"data":"x","headers":{"x-a":"b\\r\\nset-cookie: injected=1"}}'),
} satisfies Record<string, BuildGuest>;
