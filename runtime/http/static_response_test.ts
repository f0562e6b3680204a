import { assertEquals } from "@std/assert";
import { staticVersion } from "../functions/version_maker.ts";
import type { StaticCall } from "./function_call.ts";
import { match, PEER, version } from "./testing_fakes.ts";
import { staticResponse } from "./static_response.ts";

function call(method: string, headers: Record<string, string> = {}, body = "<p>hello"): StaticCall {
  const artifact = {
    kind: "static",
    contentType: "text/html; charset=utf-8",
    body: new TextEncoder().encode(body),
  } as const;
  const url = "http://localhost/page";
  return {
    request: new Request(url, { method, headers }),
    method,
    url,
    path: "/page",
    peer: PEER,
    requestId: "r1",
    match: match("/page"),
    version: staticVersion(artifact, version().config),
  };
}

Deno.test("GET is answered with the body, its type, its length and a validator", async () => {
  const response = staticResponse(call("GET"));
  const { headers } = response;
  assertEquals([response.status, await response.text()], [200, "<p>hello"]);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals([headers.get("content-length"), headers.get("x-request-id")], ["8", "r1"]);
  assertEquals(/^"[0-9a-f]{32}"$/.test(headers.get("etag") ?? ""), true);
});

Deno.test("HEAD is answered with the same headers and no body", async () => {
  const [head, get] = [staticResponse(call("HEAD")), staticResponse(call("GET"))];
  assertEquals([...head.headers], [...get.headers]);
  assertEquals(await head.text(), "");
  await get.body?.cancel();
});

Deno.test("who has the body is told so, until it changes", async () => {
  const first = staticResponse(call("GET"));
  await first.body?.cancel();
  const etag = first.headers.get("etag")!;
  for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = staticResponse(call("GET", { "if-none-match": tags }));
    assertEquals([again.status, await again.text(), again.headers.get("etag")], [304, "", etag]);
    assertEquals(again.headers.get("content-length"), null);
  }
  const changed = staticResponse(call("GET", { "if-none-match": etag }, "<p>goodbye"));
  assertEquals([changed.status, await changed.text()], [200, "<p>goodbye"]);
});
