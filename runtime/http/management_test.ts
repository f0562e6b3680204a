import { assertEquals } from "@std/assert";
import { directory, fakeApp, match, PEER } from "./testing_fakes.ts";

const FUNCTIONS = directory({ "/hello": match("/hello"), "/g/[name]": match("/g/[name]") });

async function get(
  path: string,
  changes: Parameters<typeof fakeApp>[0] = {},
  peer = PEER,
): Promise<Response> {
  return await fakeApp({ functions: FUNCTIONS, ...changes }).app.fetch(
    new Request("http://localhost:8080" + path),
    peer,
  );
}

Deno.test("health and readiness are open to everyone", async () => {
  const stranger = { ...PEER, remoteAddress: () => "203.0.113.1" };
  const health = await get("/_/healthz", { token: "t" }, stranger);
  assertEquals([health.status, await health.json()], [200, { ok: true }]);
  const ready = await get("/_/readyz", {}, stranger);
  assertEquals([ready.status, await ready.json()], [200, { ok: true }]);
  const unready = await get("/_/readyz", { isReady: () => false }, stranger);
  assertEquals([unready.status, await unready.json()], [503, { ok: false }]);
});

Deno.test("the functions are listed, all or one by its route", async () => {
  const all = await get("/_/functions");
  assertEquals(await all.json(), { functions: FUNCTIONS.list() });
  for (const path of ["g/%5Bname%5D", "g%2F%5Bname%5D", "g%2f[name]", "g/[name]"]) {
    const one = await get(`/_/functions/${path}`);
    assertEquals(await one.json(), { ...FUNCTIONS.list()[1], name: "g/[name]" });
  }
});

Deno.test("a function that is not there is a problem", async () => {
  const response = await get("/_/functions/nope");
  assertEquals(response.status, 404);
  assertEquals((await response.json()).detail, "Cannot find a function with route /nope");
});

Deno.test("a page that Skerry does not have is a problem, not a function", async () => {
  const functions = directory({ "/_/x": match("/_/x") });
  const response = await get("/_/x", { functions });
  assertEquals(response.status, 404);
  assertEquals((await response.json()).detail, "Cannot find /_/x: Skerry has no such page");
});

Deno.test("strangers are told to bring a token only where there is one", async () => {
  const stranger = { ...PEER, remoteAddress: () => "203.0.113.1" };
  const forbidden = await get("/_/functions", {}, stranger);
  assertEquals([forbidden.status, (await forbidden.json()).code], [403, "forbidden"]);
  const unauthorised = await get("/_/functions", { token: "t" }, stranger);
  assertEquals([unauthorised.status, (await unauthorised.json()).code], [401, "unauthorized"]);
  assertEquals(unauthorised.headers.get("www-authenticate"), 'Bearer realm="skerry"');
  assertEquals((await get("/_/nope", {}, stranger)).status, 403);
});

Deno.test("with a token, a browser can open the description, and nothing else", async () => {
  const stranger = { ...PEER, remoteAddress: () => "203.0.113.1" };
  for (const credentials of [{ token: "t" }, { jwtSecret: "s".repeat(32) }]) {
    const docs = await get("/_/docs", credentials, stranger);
    assertEquals([docs.status, docs.headers.get("content-type")], [
      200,
      "text/html; charset=UTF-8",
    ]);
    assertEquals((await docs.text()).includes("Skerry management API"), true);
    const document = await get("/_/openapi.json", credentials, stranger);
    assertEquals([document.status, (await document.json()).openapi], [200, "3.1.0"]);
    for (
      const path of ["/_/docs/", "/_/docs/x", "/_/functions", "/_/stats", "/_/docs%2ffunctions"]
    ) {
      assertEquals((await get(path, credentials, stranger)).status, 401, path);
    }
  }
  assertEquals((await get("/_/docs", {}, stranger)).status, 403);
});

Deno.test("what management throws is logged and not shown", async () => {
  const functions = {
    ...FUNCTIONS,
    list() {
      throw new Error("secret at /home/me");
    },
  };
  const { app, log } = fakeApp({ functions });
  const response = await app.fetch(new Request("http://localhost/_/functions"), PEER);
  assertEquals(response.status, 500);
  assertEquals((await response.text()).includes("secret"), false);
  assertEquals(String(log[0]?.cause), "Error: secret at /home/me");
});

Deno.test("a host that would change the path is refused", async () => {
  const { app } = fakeApp({ functions: FUNCTIONS });
  // What Deno's server makes of `GET /functions` with this host.
  const request = new Request("http://localhost/_/functions", { headers: { host: "localhost/_" } });
  const response = await app.fetch(request, PEER);
  assertEquals([response.status, (await response.json()).code], [400, "bad_request"]);
});

for (const path of ["/_/functions/%ff", "/_/functions/%00", "/_/" + "a".repeat(9000)]) {
  Deno.test(`${path.slice(0, 20)} is a bad request to management too`, async () => {
    const response = await get(path);
    assertEquals([response.status, (await response.json()).code], [400, "bad_request"]);
  });
}
