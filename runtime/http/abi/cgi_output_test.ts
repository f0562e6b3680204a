import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bytes } from "../testing_fakes.ts";
import { cgiOutput, MAX_HEADER_BYTES, MAX_HEADERS } from "./cgi_output.ts";
import type { FunctionOutput } from "./function_output.ts";

function read(text: string): FunctionOutput {
  const output = cgiOutput(bytes(text));
  if (!output.ok) throw new Error(output.error.message);
  return output.value;
}

function faultOf(text: string): string {
  const output = cgiOutput(bytes(text));
  if (output.ok) throw new Error(`Expected a fault in ${JSON.stringify(text)}`);
  assertEquals(output.error.code, "bad_function_output");
  return output.error.message.replace("Cannot read the CGI header at ", "");
}

Deno.test("header lines end with LF or CRLF, and the body begins after the empty line", () => {
  for (const eol of ["\n", "\r\n"]) {
    const output = read(`Content-Type: text/html${eol}X-A:  1 \t${eol}${eol}\nbody\r\n`);
    assertEquals(output, {
      status: 200,
      contentType: "text/html",
      headers: [["x-a", "1"]],
      body: bytes("\nbody\r\n"),
    });
  }
});

Deno.test("Status sets the status, with or without a reason", () => {
  assertEquals(read("Status: 404 Not Found\n\n").status, 404);
  assertEquals(read("status:599\n\n").status, 599);
});

Deno.test("Location means 302 unless there is a status", () => {
  assertEquals(read("Location: /x\n\n").status, 302);
  assertEquals(read("Location: /x\nStatus: 201 Created\n\n").status, 201);
  assertEquals(read("Location: /x\n\n").headers, [["location", "/x"]]);
});

Deno.test("repeated headers are kept in order", () => {
  const { headers } = read("Set-Cookie: a=1\nContent-Type: a/b\nSet-Cookie: b=2\n\n");
  assertEquals(headers, [["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
});

Deno.test("headers that are the server's to set are dropped", () => {
  const { headers, body } = read(
    "Content-Type: a/b\nContent-Length: 99\nTransfer-Encoding: chunked\nConnection: close\n" +
      "Keep-Alive: 1\nUpgrade: h2c\nTrailer: x\nX-Request-Id: forged\nX-Skerry-Fuel: 0\n\nbody",
  );
  assertEquals(headers, []);
  assertEquals(body, bytes("body"));
});

Deno.test("bytes beyond ASCII pass through a header's value", () => {
  assertEquals(read("Status: 200\nX-A: é\n\n").headers, [["x-a", "\xc3\xa9"]]);
});

const FAULTS: Record<string, string> = {
  "": "byte 0 of the output: found no empty line ends the header",
  "Content-Type: a/b": "byte 0 of the output: found no empty line ends the header",
  "Content-Type: a/b\nbody\n\n": "byte 22 of the output: found no colon after a header name",
  "Content-Type : a/b\n\n": "byte 12 of the output: found no colon after a header name",
  ": a\n\n": "byte 0 of the output: found a line does not begin with a header name",
  "Status: 200\n folded: x\n\n":
    "byte 12 of the output: found a line does not begin with a header name",
  "Status: 200\nX-A: a\rSet-Cookie: b\n\n":
    "byte 18 of the output: found a control character in a header value",
  "Status: 200\nX-A: \0\n\n": "byte 17 of the output: found a control character in a header value",
  "Status: 200\nX-A: \x7f\n\n":
    "byte 17 of the output: found a control character in a header value",
  "X-A: 1\n\nbody": "byte 0 of the output: found none of Content-Type, Status and Location",
  "\nbody": "byte 0 of the output: found none of Content-Type, Status and Location",
  "Status: 200\nStatus: 404\n\n": "byte 0 of the output: found two status headers",
  "Content-Type: a/b\nContent-Type: c/d\n\n":
    "byte 0 of the output: found two content-type headers",
};

for (const [text, fault] of Object.entries(FAULTS)) {
  Deno.test(`${JSON.stringify(text)} is refused`, () => assertEquals(faultOf(text), fault));
}

for (const status of ["100", "600", "99", "2000", "200OK", "abc", ""]) {
  Deno.test(`Status: ${status} is refused`, () => {
    assertEquals(
      faultOf(`Status: ${status}\n\n`),
      "byte 0 of the output: found a Status that is not 200 to 599",
    );
  });
}

Deno.test("header blocks are bounded in bytes and in lines", () => {
  const filler = "X-A: " + "a".repeat(MAX_HEADER_BYTES) + "\n\n";
  assertEquals(
    faultOf("Status: 200\n" + filler),
    `byte 12 of the output: found no empty line within ${MAX_HEADER_BYTES} bytes`,
  );
  const lines = "X-A: 1\n".repeat(MAX_HEADERS - 1);
  assertEquals(read(`Status: 200\n${lines}\n`).headers.length, MAX_HEADERS - 1);
  assertEquals(
    faultOf(`Status: 200\nX-A: 1\n${lines}\n`),
    `byte ${12 + 7 * MAX_HEADERS - 7} of the output: found more than ${MAX_HEADERS} headers`,
  );
});

/** Pieces that make interesting headers far more often than random bytes do. */
const piece = fc.oneof(
  fc.constantFrom("Content-Type", "Status", "Location", "Set-Cookie", "X-A", "__proto__"),
  fc.constantFrom(":", ": ", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", " ", "\t", "\0", "200", "é"),
  fc.string(),
);

Deno.test("any output is either refused or makes a response without line ends in its headers", () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => assertSafe(bytes(pieces.join("")))),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array(), (output) => assertSafe(output)));
});

function assertSafe(stdout: Uint8Array): void {
  const output = cgiOutput(stdout);
  if (!output.ok) return assertEquals(output.error.code, "bad_function_output");
  const { status, headers, contentType } = output.value;
  const text = headers.flat().join("") + contentType;
  assertEquals(/[\r\n\0]/.test(text), false);
  const pairs = headers.map(([name, value]): [string, string] => [name, value]);
  assertEquals(new Response(null, { status, headers: pairs }).status, status);
}
