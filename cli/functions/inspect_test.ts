import { assertEquals } from "@std/assert";
import { plainPaint } from "../terminal.ts";
import { details } from "./inspect.ts";

const TERMINAL = { columns: undefined, paint: plainPaint };

Deno.test("A deployed function is shown with its versions and its configuration", () => {
  const version = {
    id: "hello_1767225600",
    content_hash: "0123456789abcdef",
    language: "c",
    size: 2048,
    created_at: "2026-01-01T00:00:00Z",
    is_active: true,
    has_module: true,
  };
  const older = { ...version, id: "hello_1767220000", is_active: false };
  const lines = details(
    {
      name: "hello",
      route: "/hello",
      source: "deployed",
      file: "hello",
      language: "c",
      state: "ready",
      version: "0123456789ab",
      size: 2048,
      error: { code: "build_failed", message: "x.c:1: no\nreally" },
      versions: [version, older],
      config: 'abi = "text"\n',
    },
    "http://h:1",
    TERMINAL,
  );
  assertEquals(lines.join("\n").split("\n"), [
    "Name      hello",
    "URL       http://h:1/hello",
    "From      deployed, hello",
    "Language  c",
    "State     ready",
    "Error     build_failed: x.c:1: no",
    "          really",
    "Version   0123456789ab",
    "Size      2.0 KiB",
    "",
    "   VERSION           LANGUAGE     SIZE  CREATED               CONTENT",
    "*  hello_1767225600  c         2.0 KiB  2026-01-01T00:00:00Z  0123456789ab",
    "   hello_1767220000  c         2.0 KiB  2026-01-01T00:00:00Z  0123456789ab",
    "",
    "CONFIG",
    'abi = "text"',
  ]);
});

Deno.test("Of several functions at one path, one is shown and the others are named", () => {
  const row = { route: "/x", source: "route", state: "ready", size: 8 } as const;
  const lines = details(
    {
      ...row,
      name: "x",
      method: "GET",
      file: "GET:/x",
      also: [
        { ...row, method: "POST", file: "POST:/x" },
        { ...row, source: "folder", state: "broken", file: "x.c" },
      ],
    },
    "http://h:1",
    TERMINAL,
  );
  assertEquals(lines.join("\n").split("\n").slice(-3), [
    "Size      8 B",
    "Also      POST:/x: route, POST:/x, ready",
    "          x: folder, x.c, broken",
  ]);
});
