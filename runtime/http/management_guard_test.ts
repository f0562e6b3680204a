import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { sign } from "hono/jwt";
import type { AppEnv } from "./app_env.ts";
import { type Credentials, loopbackFault, managementGuard } from "./management_guard.ts";
import { problemResponse } from "./problem.ts";
import { PEER } from "./testing_fakes.ts";

function faultOf(
  { url = "http://localhost:8080/_/functions", headers = {}, from = "127.0.0.1" }: {
    readonly url?: string;
    readonly headers?: Record<string, string>;
    readonly from?: string;
  },
): string | undefined {
  return loopbackFault(new Request(url, { headers }), from)?.code;
}

/** Asks a guarded page from another machine. */
async function ask(credentials: Credentials, authorization?: string): Promise<Response> {
  const app = new Hono<AppEnv>();
  app.use(managementGuard(credentials, (c, error, headers) => {
    return problemResponse(error, { requestId: c.env.requestId, headers });
  }));
  app.get("/", (c) => c.text("in"));
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const peer = { ...PEER, remoteAddress: () => "203.0.113.1" };
  const request = new Request("https://skerry.example/", { headers });
  return await app.fetch(request, { peer, requestId: "r-1" });
}

Deno.test("without a token, loopback clients are let in", () => {
  for (const from of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(faultOf({ from }), undefined);
  }
});

Deno.test("without a token, everyone else is kept out", () => {
  for (const from of ["10.0.0.1", "::2", "::ffff:10.0.0.1", "", "127.0.0.1.evil", "1127.0.0.1"]) {
    assertEquals(faultOf({ from }), "forbidden");
  }
});

Deno.test("loopback names are accepted, others are DNS rebinding", () => {
  for (const host of ["localhost", "a.localhost:1", "127.0.0.1:8080", "[::1]:8080"]) {
    assertEquals(faultOf({ url: `http://${host}/_/functions` }), undefined);
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8080"]) {
    assertEquals(faultOf({ url: `http://${host}/_/functions` }), "forbidden");
  }
});

Deno.test("pages of other sites and of other ports are kept out", () => {
  assertEquals(faultOf({ headers: { origin: "https://evil.example" } }), "forbidden");
  assertEquals(faultOf({ headers: { origin: "http://localhost:3000" } }), "forbidden");
  assertEquals(faultOf({ headers: { origin: "null" } }), "forbidden");
  assertEquals(faultOf({ headers: { "sec-fetch-site": "cross-site" } }), "forbidden");
  assertEquals(faultOf({ headers: { origin: "http://localhost:8080" } }), undefined);
  assertEquals(faultOf({ headers: { "sec-fetch-site": "same-origin" } }), undefined);
});

Deno.test("with a token, only its bearer is let in, from anywhere", async () => {
  const token = "s3cret";
  for (const authorization of ["Bearer s3cret", "bearer  s3cret "]) {
    assertEquals((await ask({ token }, authorization)).status, 200, authorization);
  }
  const refused = ["", "Bearer", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "Bearer a b"];
  for (const authorization of [undefined, ...refused]) {
    const response = await ask({ token }, authorization);
    assertEquals(response.status, 401, authorization);
    assertEquals(response.headers.get("content-type"), "application/problem+json");
    assertEquals(response.headers.get("www-authenticate")?.startsWith("Bearer "), true);
    assertEquals((await response.json()).code, "unauthorized");
  }
});

const jwtSecret = "a secret of at least thirty-two bytes";
const NOW_S = Math.floor(Date.now() / 1000);

Deno.test("with a secret, whoever has a token signed with it is let in", async () => {
  for (const claims of [{}, { sub: "ci" }, { exp: NOW_S + 1000, nbf: NOW_S - 10 }]) {
    const authorization = `Bearer ${await sign(claims, jwtSecret, "HS256")}`;
    assertEquals((await ask({ jwtSecret }, authorization)).status, 200);
    assertEquals((await ask({ jwtSecret, token: "other" }, authorization)).status, 200);
    assertEquals((await ask({ token: "other" }, authorization)).status, 401);
  }
  assertEquals((await ask({ jwtSecret, token: "other" }, "Bearer other")).status, 200);
});

Deno.test("a token that has expired, is not valid yet, or is not signed so, is refused", async () => {
  const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const tokens = {
    expired: await sign({ exp: NOW_S - 10 }, jwtSecret, "HS256"),
    "not yet valid": await sign({ nbf: NOW_S + 1000 }, jwtSecret, "HS256"),
    "signed with another secret": await sign({}, "another secret of thirty-two bytes!", "HS256"),
    "of another algorithm": await sign({}, jwtSecret, "HS512"),
    unsigned: `${encode({ alg: "none", typ: "JWT" })}.${encode({})}.`,
    "not a token": "abc",
    "not three parts": "a.b.c.d",
    "the secret itself": jwtSecret.replaceAll(" ", ""),
  };
  for (const [what, token] of Object.entries(tokens)) {
    assertEquals((await ask({ jwtSecret }, `Bearer ${token}`)).status, 401, what);
  }
});
