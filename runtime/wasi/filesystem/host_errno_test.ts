import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { errnoOf } from "./host_errno.ts";

Deno.test("an error of node:fs becomes the error number of the same name", () => {
  const cases: [string, number][] = [
    ["ENOENT", wasi.ERRNO_NOENT],
    ["ENOTEMPTY", wasi.ERRNO_NOTEMPTY],
    ["EXDEV", wasi.ERRNO_XDEV],
    ["EOPNOTSUPP", wasi.ERRNO_NOTSUP],
  ];
  for (const [code, errno] of cases) {
    assertEquals(errnoOf(Object.assign(new Error(), { code })), errno);
  }
});

Deno.test("what Deno's permissions forbid is EACCES, and anything unknown EIO", () => {
  const denied = new Error();
  denied.name = "NotCapable";
  assertEquals(errnoOf(denied), wasi.ERRNO_ACCES);
  for (const thrown of [new Error("?"), { code: "EWHAT" }, { code: 5 }, undefined, null]) {
    assertEquals(errnoOf(thrown), wasi.ERRNO_IO);
  }
});
