import { assertEquals } from "@std/assert";
import { bytes, functionRequest, stringsOf } from "../testing_fakes.ts";
import { cgiArguments, CgiInput } from "./cgi_input.ts";

Deno.test("arguments are the path and the decoded parts of the query", () => {
  assertEquals(cgiArguments("/hello", "a=1&b=%C3%A9+x&c"), ["/hello", "a=1", "b=é x", "c"]);
});

Deno.test("without a query there is only the path", () => {
  assertEquals(cgiArguments("/hello", ""), ["/hello"]);
});

Deno.test("a query part that is not UTF-8 stays raw, and the others are decoded", () => {
  assertEquals(cgiArguments("/", "%ff&%41"), ["/", "%ff", "A"]);
});

Deno.test("the body is standard input, and its length is in the environment", () => {
  const input = new CgiInput(functionRequest("http://h/hello?q"), bytes("body"), {
    env: { A: "1" },
    version: "1",
  });
  assertEquals(input.stdin, bytes("body"));
  assertEquals(stringsOf(input.args()), ["/hello", "q"]);
  const environ = stringsOf(input.environ());
  assertEquals(environ[0], "A=1");
  assertEquals(environ.includes("CONTENT_LENGTH=4"), true);
});

Deno.test("nothing is looked up before the module asks", () => {
  const asked: string[] = [];
  const peer = {
    remoteAddress() {
      asked.push("peer");
      return "::1";
    },
    hasLeft: () => false,
  };
  const call = functionRequest("http://h/hello", { peer });
  const input = new CgiInput(call, bytes(""), { env: {}, version: "1" });
  assertEquals(asked, []);
  input.environ();
  assertEquals(asked, ["peer"]);
});
