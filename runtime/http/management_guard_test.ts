import { assertEquals } from "@std/assert";
import { managementFault } from "./management_guard.ts";

function faultOf(
  { url = "http://localhost:8080/_/functions", headers = {}, from = "127.0.0.1", token }: {
    readonly url?: string;
    readonly headers?: Record<string, string>;
    readonly from?: string;
    readonly token?: string;
  },
): string | undefined {
  return managementFault(new Request(url, { headers }), from, token)?.code;
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

Deno.test("with a token, only its bearer is let in, from anywhere", () => {
  const token = "s3cret";
  const from = "203.0.113.1";
  const url = "https://skerry.example/_/functions";
  for (const authorization of ["Bearer s3cret", "bearer  s3cret "]) {
    assertEquals(faultOf({ url, from, token, headers: { authorization } }), undefined);
  }
  for (const authorization of ["", "Bearer", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret"]) {
    assertEquals(faultOf({ url, from, token, headers: { authorization } }), "unauthorized");
  }
  assertEquals(faultOf({ token }), "unauthorized");
});
