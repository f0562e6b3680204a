import { assertEquals } from "@std/assert";
import { functionRequest, match } from "../testing_fakes.ts";
import { cgiEnviron } from "./cgi_environ.ts";

const OPTIONS = { env: {}, bodyBytes: 0, version: "1.2.3" };

Deno.test("a plain request has every variable of CGI/1.1", () => {
  const call = functionRequest("http://example.com:8080/hello?a=1&b=%20", {
    init: { method: "POST", body: "xyz", headers: { "content-type": "text/plain" } },
  });
  assertEquals(Object.fromEntries(cgiEnviron(call, { ...OPTIONS, bodyBytes: 3 })), {
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: "skerry/1.2.3",
    SERVER_NAME: "example.com",
    SERVER_PORT: "8080",
    SCRIPT_NAME: "/hello",
    PATH_INFO: "",
    X_RAW_PATH_INFO: "",
    PATH_TRANSLATED: "",
    REQUEST_URI: "/hello?a=1&b=%20",
    X_FULL_URL: "http://example.com:8080/hello?a=1&b=%20",
    X_MATCHED_ROUTE: "/hello",
    REQUEST_METHOD: "POST",
    QUERY_STRING: "a=1&b=%20",
    CONTENT_TYPE: "text/plain",
    CONTENT_LENGTH: "3",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_HOST: "127.0.0.1",
    HTTP_CONTENT_TYPE: "text/plain",
  });
});

Deno.test("the rest of a path is given decoded and raw, and SCRIPT_NAME is what stands before it", () => {
  const environ = cgiEnviron(
    functionRequest("http://h/files/%C3%A9/a%2Fb", {
      match: match("/files/[...rest]", { pathInfo: "/é/a/b" }),
    }),
    OPTIONS,
  );
  assertEquals(environ.get("SCRIPT_NAME"), "/files");
  assertEquals(environ.get("PATH_INFO"), "/é/a/b");
  assertEquals(environ.get("X_RAW_PATH_INFO"), "/%C3%A9/a%2Fb");
  assertEquals(environ.get("PATH_TRANSLATED"), "/é/a/b");
  assertEquals(environ.get("REQUEST_URI"), "/files/%C3%A9/a%2Fb");
  assertEquals(environ.get("X_MATCHED_ROUTE"), "/files/[...rest]");
});

Deno.test("route parameters are PARAM_ variables in upper snake case", () => {
  const environ = cgiEnviron(
    functionRequest("http://h/u/Ada%20L", {
      match: match("/u/[user-name]", { params: { "user-name": "Ada L" } }),
    }),
    OPTIONS,
  );
  assertEquals(environ.get("PARAM_USER_NAME"), "Ada L");
  assertEquals(environ.get("SCRIPT_NAME"), "/u/Ada L");
});

Deno.test("credentials, connection management and Proxy are withheld", () => {
  const call = functionRequest("http://h/hello", {
    init: {
      headers: { authorization: "Bearer s", connection: "close", proxy: "http://evil", "x-a": "1" },
    },
  });
  const names = [...cgiEnviron(call, OPTIONS).keys()].filter((name) => name.startsWith("HTTP_"));
  assertEquals(names, ["HTTP_X_A"]);
});

Deno.test("Only a program that takes credentials away again is given them, and not as a variable of CGI", () => {
  const init = { headers: { authorization: "Bearer s" } };
  const environOf = (takesAuthorization: boolean | undefined, request: RequestInit = init) =>
    cgiEnviron(functionRequest("http://h/hello", { init: request }), {
      ...OPTIONS,
      takesAuthorization,
    });
  const environ = environOf(true);
  assertEquals(environ.get("SKERRY_AUTHORIZATION"), "Bearer s");
  assertEquals(environ.has("HTTP_AUTHORIZATION"), false);
  for (const other of [environOf(undefined), environOf(false), environOf(true, {})]) {
    assertEquals(other.has("SKERRY_AUTHORIZATION"), false);
  }
});

Deno.test("header names that are not letters, digits and hyphens are skipped", () => {
  const call = functionRequest("http://h/hello", {
    init: { headers: { "x_forwarded_for": "1", "a.b": "2", "x'": "3", "x-ok": "4" } },
  });
  const environ = cgiEnviron(call, OPTIONS);
  const names = [...environ.keys()].filter((name) => name.startsWith("HTTP_"));
  assertEquals(names, ["HTTP_X_OK"]);
});

Deno.test("repeated headers are one variable", () => {
  const headers = new Headers([["x-a", "1"], ["x-a", "2"]]);
  const call = functionRequest("http://h/hello", { init: { headers } });
  assertEquals(cgiEnviron(call, OPTIONS).get("HTTP_X_A"), "1, 2");
});

Deno.test("the function's own variables come first, and the request's win", () => {
  const environ = cgiEnviron(functionRequest("http://h/hello"), {
    ...OPTIONS,
    env: { GREETING: "hi", REQUEST_METHOD: "FORGED" },
  });
  assertEquals([...environ][0], ["GREETING", "hi"]);
  assertEquals(environ.get("REQUEST_METHOD"), "GET");
});

Deno.test("a URL without a port has its scheme's, and IPv6 hosts keep their brackets", () => {
  const plain = cgiEnviron(functionRequest("https://h/hello"), OPTIONS);
  assertEquals([plain.get("SERVER_NAME"), plain.get("SERVER_PORT")], ["h", "443"]);
  const six = cgiEnviron(functionRequest("http://[::1]:81/hello"), OPTIONS);
  assertEquals([six.get("SERVER_NAME"), six.get("SERVER_PORT")], ["[::1]", "81"]);
  assertEquals(
    cgiEnviron(functionRequest("http://[::1]/hello"), OPTIONS).get("SERVER_NAME"),
    "[::1]",
  );
});
