import { assertEquals } from "@std/assert";
import { bytes, functionRequest, match, stringsOf } from "../testing_fakes.ts";
import { JsonInput } from "./json_input.ts";

function stdinOf(input: JsonInput): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(input.stdin));
}

Deno.test("a request is one object on standard input", () => {
  const call = functionRequest("http://h:1/u/7?q=1", {
    init: {
      method: "POST",
      body: "x",
      headers: { "content-type": "text/plain", "x-a": "\xc3\xa9" },
    },
    match: match("/u/[id]", { params: { id: "7" } }),
  });
  const input = new JsonInput(call, bytes("héllo"), { env: {}, kv: { n: "1" } });
  assertEquals(stdinOf(input), {
    url: "http://h:1/u/7?q=1",
    method: "POST",
    headers: { "content-type": "text/plain", "x-a": "é" },
    body: "héllo",
    kv: { n: "1" },
    params: { id: "7" },
  });
});

Deno.test("a body that is not UTF-8 is base64 and says so", () => {
  const body = Uint8Array.of(0xff, 0x00, 0x80);
  const input = new JsonInput(functionRequest("http://h/"), body, { env: {}, kv: {} });
  const { body: text, base64 } = stdinOf(input);
  assertEquals([text, base64], ["/wCA", true]);
});

Deno.test("the environment is the function's own and nothing else", () => {
  const input = new JsonInput(functionRequest("http://h/a?q"), bytes(""), {
    env: { A: "1", B: "2" },
    kv: {},
  });
  assertEquals(stringsOf(input.environ()), ["A=1", "B=2"]);
  assertEquals(stringsOf(input.args()), ["/a"]);
});
