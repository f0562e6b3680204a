import { assertEquals, assertThrows } from "@std/assert";
import { ResponseReader, type SeenResponse } from "./response_reader.ts";

const ENCODER = new TextEncoder();

/** Reads a text in pieces of this length. */
function read(text: string, pieceLength = text.length, method = "GET") {
  const reader = new ResponseReader(method);
  const bytes = ENCODER.encode(text);
  let response: SeenResponse | undefined;
  for (let at = 0; at < bytes.length && response === undefined; at += pieceLength) {
    response = reader.read(bytes.slice(at, at + pieceLength));
  }
  return response ?? reader.end();
}

function summary(response: SeenResponse | undefined) {
  if (response === undefined) return undefined;
  const { status, isKept, body } = response;
  return [status, isKept, new TextDecoder().decode(body)];
}

const RESPONSES: readonly (readonly [what: string, text: string, expected: unknown])[] = [
  ["of known length", "HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\nbody", [500, true, "body"]],
  [
    "in chunks",
    "HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n",
    [404, true, "abcde"],
  ],
  [
    "in chunks with trailers",
    "HTTP/1.1 404 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n",
    [404, true, "a"],
  ],
  [
    "after 100 Continue",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    [200, true, ""],
  ],
  ["that nobody looks at", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789", [
    200,
    true,
    "",
  ]],
  ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", [204, true, ""]],
  [
    "that ends the connection",
    "HTTP/1.1 413 X\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx",
    [413, false, "x"],
  ],
];

for (const [what, text, expected] of RESPONSES) {
  Deno.test(`A response ${what} is read whole, however it is cut into pieces`, () => {
    for (const length of [text.length, 7, 1]) assertEquals(summary(read(text, length)), expected);
  });
}

Deno.test("A response without a length ends with its connection", () => {
  const text = "HTTP/1.1 500 X\r\nconnection: close\r\n\r\nuntil here";
  assertEquals(summary(read(text, 5)), [500, false, "until here"]);
});

Deno.test("An answer to HEAD has a length, but no body", () => {
  assertEquals(summary(read("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n", 9, "HEAD")), [
    200,
    true,
    "",
  ]);
});

Deno.test("A connection on which more came than was asked for is not kept", () => {
  const text = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n123456789";
  for (const length of [text.length, 3]) {
    const found = read(text, length);
    assertEquals([found?.status, found?.isKept], [200, false]);
  }
});

Deno.test("Half a response is none", () => {
  assertEquals(read("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), undefined);
});

Deno.test("What is not HTTP is refused, and so is a head without an end", () => {
  assertThrows(() => read("SSH-2.0-OpenSSH\r\n\r\n"), Error, "not HTTP");
  assertThrows(() => read("x".repeat(70_000)), Error, "no end");
});
