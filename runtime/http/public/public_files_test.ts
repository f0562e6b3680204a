import { assertEquals } from "@std/assert";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, directory, fakeApp, match, PEER } from "../testing_fakes.ts";
import { FakeClock } from "../../testing_clock.ts";

const BIG = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

interface Site {
  readonly folder: string;
  readonly clock: FakeClock;
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** Runs a test on a folder of files, with a secret beside it. */
async function withSite(test: (site: Site) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "skerry-public-"));
  try {
    const folder = join(root, "public");
    await mkdir(join(folder, "sub"), { recursive: true });
    await writeFile(join(root, "secret.txt"), "secret");
    await writeFile(join(folder, "a.txt"), "0123456789");
    await writeFile(join(folder, "empty.css"), "");
    await writeFile(join(folder, "big.bin"), BIG);
    await writeFile(join(folder, ".env"), "secret");
    await writeFile(join(folder, "sub", "index.html"), "<p>sub");
    await test(siteOf(folder));
  } finally {
    await rm(root, { recursive: true });
  }
}

function siteOf(folder: string): Site {
  const clock = new FakeClock();
  const functions = directory({ "/fn": match("/fn") }, {
    "/a.txt": match("/[name]"),
    "/dynamic": match("/[name]"),
    "/sub/dynamic": match("/sub/[name]"),
  });
  const { app } = fakeApp({ functions, publicFolder: folder, clock });
  const get = async (path: string, init?: RequestInit) =>
    await app.fetch(new Request("http://localhost" + path, init), PEER);
  return { folder, clock, get };
}

Deno.test("a file is sent with its type, length and validators", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt");
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(response.headers.get("content-length"), "10");
    assertEquals(response.headers.get("accept-ranges"), "bytes");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(/^"a-[0-9a-f]+"$/.test(response.headers.get("etag") ?? ""), true);
    assertEquals(await response.text(), "0123456789");
  }));

Deno.test("an empty file and a large one are sent whole", () =>
  withSite(async ({ get }) => {
    assertEquals(await (await get("/empty.css")).text(), "");
    const big = await get("/big.bin");
    assertEquals(big.headers.get("content-type"), "application/octet-stream");
    assertEquals(await big.bytes(), BIG);
  }));

Deno.test("a large file that nobody wants any more is closed", () =>
  withSite(async ({ get }) => {
    const reader = (await get("/big.bin")).body?.getReader();
    assertEquals((await reader?.read())?.value?.length, 64 * 1024);
    await reader?.cancel();
  }));

Deno.test("HEAD has the headers and no body", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt", { method: "HEAD" });
    assertEquals([response.status, response.body], [200, null]);
    assertEquals(response.headers.get("content-length"), "10");
  }));

Deno.test("a range is sent as 206", () =>
  withSite(async ({ get }) => {
    const small = await get("/a.txt", { headers: { range: "bytes=2-4" } });
    assertEquals([small.status, await small.text()], [206, "234"]);
    assertEquals(small.headers.get("content-range"), "bytes 2-4/10");
    assertEquals(small.headers.get("content-length"), "3");
    const large = await get("/big.bin", { headers: { range: "bytes=7-180000" } });
    assertEquals(await large.bytes(), BIG.slice(7, 180_001));
  }));

Deno.test("a range of another version sends the whole file", () =>
  withSite(async ({ get }) => {
    const headers = { range: "bytes=2-4", "if-range": '"old"' };
    const response = await get("/a.txt", { headers });
    assertEquals([response.status, await response.text()], [200, "0123456789"]);
  }));

Deno.test("a range beyond the file is a 416 problem that says its length", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt", { headers: { range: "bytes=10-" } });
    assertEquals(response.status, 416);
    assertEquals(response.headers.get("content-range"), "bytes */10");
    assertEquals((await response.json()).code, "range_not_satisfiable");
  }));

Deno.test("a copy that is current is 304, without a body", () =>
  withSite(async ({ get }) => {
    const first = await get("/a.txt");
    await first.body?.cancel();
    const etag = first.headers.get("etag") ?? "";
    const second = await get("/a.txt", { headers: { "if-none-match": etag } });
    assertEquals([second.status, second.body], [304, null]);
    assertEquals(second.headers.get("etag"), etag);
  }));

Deno.test("a folder is its index page, with a slash", () =>
  withSite(async ({ get }) => {
    const redirect = await get("/sub?a=1");
    assertEquals([redirect.status, redirect.headers.get("location")], [308, "/sub/?a=1"]);
    const page = await get("/sub/");
    assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
    assertEquals(await page.text(), "<p>sub");
  }));

Deno.test("a folder without an index page is not found", () =>
  withSite(async ({ folder, get }) => {
    await mkdir(join(folder, "sub", "bare"));
    for (const path of ["/", "/sub/bare", "/sub/bare/", "/a.txt/", "/a.txt/x"]) {
      assertEquals((await get(path)).status, 404);
    }
  }));

Deno.test("hidden files, ways up and links that leave the folder are not found", () =>
  withSite(async ({ folder, get }) => {
    await symlink(join(folder, "..", "secret.txt"), join(folder, "leak.txt"));
    await symlink(join(folder, ".."), join(folder, "up"));
    const paths = ["/.env", "/%2eenv", "/leak.txt", "/up/secret.txt", "/sub%2Findex.html"];
    for (const path of [...paths, "/../secret.txt", "/sub/%2e%2e/%2e%2e/secret.txt"]) {
      assertEquals((await get(path)).status, 404);
    }
    assertEquals((await get("/..%2fsecret.txt")).status, 400);
  }));

Deno.test("a link within the folder is followed", () =>
  withSite(async ({ folder, get }) => {
    await symlink("a.txt", join(folder, "link.txt"));
    assertEquals(await (await get("/link.txt")).text(), "0123456789");
  }));

Deno.test("other methods are refused with Allow", () =>
  withSite(async ({ get }) => {
    const response = await get("/a.txt", { method: "DELETE" });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    assertEquals((await response.json()).code, "method_not_allowed");
    const options = await get("/a.txt", { method: "OPTIONS" });
    assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
  }));

Deno.test("a function beats a file at a static path, a file beats a dynamic function", () =>
  withSite(async ({ folder, get }) => {
    await writeFile(join(folder, "fn"), "a file");
    assertEquals(await (await get("/fn")).text(), "hello");
    assertEquals(await (await get("/a.txt")).text(), "0123456789");
    assertEquals(await (await get("/dynamic")).text(), "hello");
    assertEquals(await (await get("/sub/dynamic")).text(), "hello");
  }));

Deno.test("a dropped file is found as soon as the listing is half a second old", () =>
  withSite(async ({ folder, clock, get }) => {
    assertEquals((await get("/new.txt")).status, 404);
    await writeFile(join(folder, "new.txt"), bytes("new"));
    assertEquals((await get("/new.txt")).status, 404);
    clock.advance(500);
    assertEquals(await (await get("/new.txt")).text(), "new");
  }));

Deno.test("a folder that is not there has no files", async () => {
  const { get } = siteOf(join(tmpdir(), "skerry-no-such-folder"));
  assertEquals((await get("/a")).status, 404);
  assertEquals(await (await get("/dynamic")).text(), "hello");
});
